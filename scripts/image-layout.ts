// What the image is, whoever builds it: `npm run image` reads this, the Dockerfile says the same, and a test compares them.
import manifest from '../package.json' with { type: 'json' };

/** What a container does with the image; the names are those of the OCI image configuration. */
export interface ImageConfig {
  readonly User: string;
  readonly WorkingDir: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
}

/** Nobody in particular: the `nonroot` of distroless. */
export const user = { name: 'nonroot', id: 65_532 };

/** What is ours in the image. Everything else is what distroless brings. */
export const paths = {
  node: '/usr/local/bin/node',
  libraries: '/usr/lib/',
  app: '/app/',
  licenses: '/licenses/',
};

export const bundle = `${paths.app}endpoints-webhook.cjs`;
/** What the bundle loads from the folder that it is in, when it needs it. */
export const besideBundle = [`${paths.app}cluster-packages.cjs`, `${paths.app}judge-worker.cjs`] as const;
export const compileCache = `${paths.app}compile-cache`;
/** The commit that the image was built from, where that is known. */
export const revisionFile = `${paths.app}REVISION`;

/**
 * How glibc allocates memory (mallopt(3)). By default it keeps what large bodies have left, for each thread anew, and asks the system for
 * more: 266 MiB instead of 148 after 20 reviews of 6 MB.
 */
export const allocation = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '131072' } as const;

/** `revision` is the commit that the image was built from, where that is known. */
export function imageConfig(revision?: string): ImageConfig {
  return {
    User: `${user.id}:${user.id}`,
    WorkingDir: '/app',
    Env: [
      'PATH=/usr/local/bin:/usr/bin:/bin',
      'SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt',
      'NODE_ENV=production',
      `NODE_COMPILE_CACHE=${compileCache}`,
      'NODE_COMPILE_CACHE_PORTABLE=1',
      ...Object.entries(allocation).map(([name, value]) => `${name}=${value}`),
    ],
    Entrypoint: [paths.node, bundle],
    Cmd: ['serve'],
    Labels: {
      'org.opencontainers.image.title': manifest.name,
      'org.opencontainers.image.description': manifest.description,
      'org.opencontainers.image.licenses': manifest.license,
      'org.opencontainers.image.version': manifest.version,
      ...(revision === undefined ? {} : { 'org.opencontainers.image.revision': revision }),
    },
  };
}
