/**
 * One argument of a command to paste into a shell. Names come from nodes, which are not trusted: an argument with
 * characters that are special to a shell is quoted.
 */
export function shellWord(text: string): string {
  return /^[\w@.:/-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
