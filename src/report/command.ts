/** What a shell takes as one word. */
function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * A command of talosctl that asks a cluster, with the talosconfig's context at
 * its end: whoever pastes it may have another one selected. What needs no
 * context, such as a node without a configuration, has none.
 */
export function inContext(command: string, context: string | undefined): string {
  const needsOne = /^talosctl (?!config |gen )/.test(command) && !/ --(insecure|context)\b/.test(command);
  return needsOne && context !== undefined ? `${command} --context ${word(context)}` : command;
}
