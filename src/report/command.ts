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
