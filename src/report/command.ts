import { shellWord } from '../values/shell.ts';

/**
 * Appends the context of the talosconfig to a talosctl command, since the user
 * may have another one selected. Commands that need no context stay as they are.
 */
export function inContext(command: string, context: string | undefined): string {
  const needsOne = /^talosctl (?!config |gen )/.test(command) && !/ --(insecure|context)\b/.test(command);
  return needsOne && context !== undefined ? `${command} --context ${shellWord(context)}` : command;
}

/** A merged command names up to ten nodes; of more the first five, so that its end stays in sight. */
const maxNodes = 10;
const someNodes = 5;
/** Commands that ask one node each, directly. */
const maxDirect = 3;

/** Not for several nodes at once: talosctl refuses it, or it has to be done one by one, or another argument is the node's too. */
const oneByOne =
  / (-e|--endpoints|--insecure|defrag|remove-member|snapshot|bootstrap|reset|apply-config|upgrade|CONTAINER-ID)\b/;

/** A command apart from its nodes. */
interface Parts {
  /** The same for commands that differ only in their nodes. */
  readonly key: string;
  readonly nodes: readonly string[];
  /** The commands for these nodes. */
  readonly build: (nodes: readonly string[]) => readonly string[];
  /** At most so many nodes are named, or the first ones of more. */
  readonly limit: { readonly most: number; readonly first: number };
}

const merging = { most: maxNodes, first: someNodes };

function partsOf(command: string): Parts {
  const direct = /^(talosctl -n )([\w.:]+)( -e )\2( .+)$/.exec(command);
  if (direct !== null) {
    const [, n = '', node = '', e = '', rest = ''] = direct;
    const build = (nodes: readonly string[]) => nodes.map((one) => `${n}${one}${e}${one}${rest}`);
    return { key: `${n}${e}${rest}`, nodes: [node], build, limit: { most: maxDirect, first: maxDirect } };
  }
  const merged =
    /^(talosctl (?:-n|--nodes) )([\w.:,-]+)( .+)$/.exec(command) ??
    /^(kubectl (?:describe node|get node|uncordon) )([\w.-]+)()$/.exec(command);
  if (merged === null || oneByOne.test(command)) {
    return { key: command, nodes: [''], build: () => [command], limit: merging };
  }
  const [, before = '', names = '', rest = ''] = merged;
  const separator = before.startsWith('kubectl') ? ' ' : ',';
  const build = (nodes: readonly string[]) => [`${before}${nodes.join(separator)}${rest}`];
  return { key: JSON.stringify([before, rest]), nodes: names.split(separator), build, limit: merging };
}

export interface MergedCommands {
  readonly commands: readonly string[];
  /** To add to their advice: how many nodes they leave out. Empty if none. */
  readonly note: string;
}

/**
 * Commands that differ only in their nodes as one: `talosctl -n a,b,c service kubelet`. Those
 * that ask a node directly (`-n a -e a`) stay apart, and three of them are kept.
 */
export function mergeCommands(commands: readonly string[]): MergedCommands {
  const groups = [...Map.groupBy(commands.map(partsOf), ({ key }) => key).values()].flatMap((same) => {
    const nodes = [...new Set(same.flatMap((parts) => parts.nodes))];
    return same.slice(0, 1).map(({ build, limit }) => {
      const named = nodes.length > limit.most ? limit.first : nodes.length;
      return { nodes: nodes.length, named, commands: build(nodes.slice(0, named)) };
    });
  });
  const [widest] = groups.filter(({ nodes, named }) => nodes > named).toSorted((one, other) => other.nodes - one.nodes);
  return {
    commands: groups.flatMap((group) => group.commands),
    note: widest === undefined ? '' : `The commands name ${widest.named} of ${widest.nodes} nodes.`,
  };
}
