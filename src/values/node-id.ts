/** The first characters of a node id, which distinguish machines. A whole id looks like a secret, and is redacted. */
export const shortNodeId = (id: string): string => id.slice(0, 8);

/** Whether a text has the form that Talos gives node ids: 32 bytes in base 62. */
export const isNodeId = (text: string): boolean => /^[0-9A-Za-z]{40,46}$/.test(text);
