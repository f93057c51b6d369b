import { fieldsOf, listOf } from '../json/fields.ts';
import type { Declared } from './declared.ts';
import { type NamedNetwork, nameNetworks } from './named-network.ts';

const flags = {
  '--cluster-cidr': 'pods',
  '--service-cluster-ip-range': 'services',
  '--service-cidr': 'services',
} as const;

type Flag = keyof typeof flags;

/** What the flags of a pod say, such as those of a kube-apiserver. Only of namespaces in which no tenant may run pods. */
export function readPodFlags(pod: unknown): Declared {
  const { containers } = fieldsOf(fieldsOf(pod).spec);
  return join(
    listOf(containers).map((container) => {
      const { name, command, args } = fieldsOf(container);
      return readFlags([...listOf(command), ...listOf(args)], `container ${String(name)}`);
    }),
  );
}

const argsAnnotations = ['k3s.io/node-args', 'rke2.io/node-args'];

/** What k3s and RKE2 note of the flags of a server. */
export function readNodeFlags(node: unknown): Declared {
  const annotations = fieldsOf(fieldsOf(fieldsOf(node).metadata).annotations);
  return join(argsAnnotations.map((key) => readFlags(parseList(annotations[key]), `the Nodes' annotation ${key}`)));
}

/** Some run in a shell, with all flags in one word. */
function readFlags(commands: readonly unknown[], where: string): Declared {
  const words = commands.flatMap((command) => (typeof command === 'string' ? command.split(/\s+/) : []));
  const found: { pods: NamedNetwork[]; services: NamedNetwork[] } = { pods: [], services: [] };
  for (const [i, word] of words.entries()) {
    const [flag = '', value = words[i + 1]] = word.split('=', 2);
    if (isFlag(flag)) for (const one of nameNetworks([value], `${flag} of ${where}`)) found[flags[flag]].push(one);
  }
  return found;
}

function isFlag(word: string): word is Flag {
  return Object.hasOwn(flags, word);
}

function join(all: readonly Declared[]): Declared {
  return {
    pods: all.flatMap(({ pods = [] }) => pods),
    services: all.flatMap(({ services = [] }) => services),
  };
}

function parseList(text: unknown): readonly unknown[] {
  try {
    return typeof text === 'string' ? listOf(JSON.parse(text)) : [];
  } catch {
    return [];
  }
}
