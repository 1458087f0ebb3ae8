/** Quotes a text as one word of a shell. */
function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * Appends the context of the talosconfig to a talosctl command, since the user
 * may have another one selected. Commands that need no context stay as they are.
 */
export function inContext(command: string, context: string | undefined): string {
  const needsOne = /^talosctl (?!config |gen )/.test(command) && !/ --(insecure|context)\b/.test(command);
  return needsOne && context !== undefined ? `${command} --context ${word(context)}` : command;
}

/** Nodes that a merged command names, so that it can be read. */
const maxNodes = 10;

/** Not for several nodes at once: talosctl refuses it, or it must be done one by one, or its other arguments are the node's too. */
const oneByOne =
  / (-e|--endpoints|--insecure|defrag|remove-member|snapshot|bootstrap|reset|apply-config|upgrade|CONTAINER-ID)\b/;

interface Parts {
  /** What the command is without its nodes. */
  readonly before: string;
  readonly nodes: readonly string[];
  readonly separator: string;
  readonly after: string;
}

/** A command apart from its nodes; undefined if it names none, or only one can be named. Quoted names are left alone. */
function partsOf(command: string): Parts | undefined {
  const talosctl = /^(?<before>talosctl (?:-n|--nodes) )(?<nodes>[\w.:,-]+)(?<after> .+)$/.exec(command);
  const kubectl = /^(?<before>kubectl (?:describe node|get node|uncordon) )(?<nodes>[\w.-]+)(?<after>)$/.exec(command);
  const { before, nodes, after } = (talosctl ?? kubectl)?.groups ?? {};
  if (before === undefined || nodes === undefined || after === undefined || oneByOne.test(command)) {
    return undefined;
  }
  const separator = talosctl === null ? ' ' : ',';
  return { before, nodes: nodes.split(separator), separator, after };
}

/** The same commands with those that differ only in their nodes as one, and what to add to their advice: empty, or how many nodes they leave out. */
export interface MergedCommands {
  readonly commands: readonly string[];
  readonly note: string;
}

/** Merges commands that differ only in their nodes: `talosctl -n a,b,c service kubelet`. The first ten nodes are named. */
export function mergeCommands(commands: readonly string[]): MergedCommands {
  const same = Map.groupBy(commands, (command) => {
    const parts = partsOf(command);
    return parts === undefined ? command : JSON.stringify([parts.before, parts.after]);
  });
  const merged = [...same.values()].flatMap((group) => {
    const parts = group.flatMap((command) => partsOf(command) ?? []);
    const nodes = [...new Set(parts.flatMap((part) => part.nodes))];
    const [first] = parts;
    return first === undefined
      ? group.slice(0, 1).map((command) => ({ command, nodes: 0 }))
      : [
          {
            command: `${first.before}${nodes.slice(0, maxNodes).join(first.separator)}${first.after}`,
            nodes: nodes.length,
          },
        ];
  });
  const most = Math.max(0, ...merged.map(({ nodes }) => nodes));
  return {
    commands: merged.map(({ command }) => command),
    note: most > maxNodes ? `The commands name ${maxNodes} of ${most} nodes.` : '',
  };
}
