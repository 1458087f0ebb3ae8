/** Markdown for a terminal: a link becomes its text. */
export const plain = (text: string): string => text.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1');
