# syntax=docker/dockerfile:1
# The image, for those who have a container engine; `npm run image` makes the same without one. scripts/image-layout.ts says what is in
# both, and test/image/dockerfile.test.ts compares.
FROM node:26-trixie@sha256:39cff0f037088f0d8faf3e5a3ca055d653a15b66faaba8af3daf72f0102f375f AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
# Takes node from the package that package-lock.json pins, and the libraries that ldd names for it on this architecture.
RUN npm run build && node scripts/image.ts --root /image

FROM gcr.io/distroless/cc-debian13:nonroot@sha256:54df941ed0d06a1bd95ef5e0ce391fd8d9f94b64782dc9a60062727849ee3f97
ARG REVISION
LABEL org.opencontainers.image.title="endpoints-webhook" \
      org.opencontainers.image.description="Kubernetes admission webhook that guards what a Service's traffic is sent to: Endpoints, judged strictly, refused with reasons" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.revision="${REVISION}"
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
