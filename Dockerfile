# The image, for those who have a container engine; `npm run image` makes the same without one. scripts/image-layout.ts says what is in
# both, and test/image/dockerfile.test.ts compares.
# Behind a mirror: docker build --build-arg BUILD_IMAGE=<Debian trixie with node and npm> --build-arg RUNTIME_IMAGE=<distroless cc> .
ARG BUILD_IMAGE=node:26-trixie@sha256:39cff0f037088f0d8faf3e5a3ca055d653a15b66faaba8af3daf72f0102f375f
ARG RUNTIME_IMAGE=gcr.io/distroless/cc-debian13:nonroot@sha256:54df941ed0d06a1bd95ef5e0ce391fd8d9f94b64782dc9a60062727849ee3f97

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
# The commit, for /app/REVISION; where it is not given, the one that is checked out in the build context.
ARG REVISION
# Takes node from the package that package-lock.json pins, and the libraries that ldd names for it on this architecture.
RUN npm run build && node scripts/image.ts --root /image

FROM ${RUNTIME_IMAGE}
ARG REVISION
# A label cannot be left out, and none may be empty: without a revision the last one says the version once more.
ARG REVISION_LABEL=${REVISION:+revision}
LABEL org.opencontainers.image.title="endpoints-webhook" \
      org.opencontainers.image.description="Kubernetes admission webhook that guards what a Service's traffic is sent to: Endpoints, judged strictly, refused with reasons" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.${REVISION_LABEL:-version}="${REVISION:-0.1.0}"
COPY --from=build /image/usr/local/bin/node /usr/local/bin/node
COPY --from=build /image/usr/lib/ /usr/lib/
COPY --from=build /image/app/ /app/
COPY --from=build /image/licenses/ /licenses/
ENV PATH="/usr/local/bin:/usr/bin:/bin" \
    SSL_CERT_FILE="/etc/ssl/certs/ca-certificates.crt" \
    NODE_ENV="production" \
    NODE_COMPILE_CACHE="/app/compile-cache" \
    NODE_COMPILE_CACHE_PORTABLE="1" \
    MALLOC_ARENA_MAX="2" \
    MALLOC_MMAP_THRESHOLD_="131072"
WORKDIR /app
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/node", "/app/endpoints-webhook.cjs"]
CMD ["serve"]
