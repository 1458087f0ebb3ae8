/** Characters that XML 1.0 does not allow, not even escaped. */
const invalid = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // Parsers normalise these to spaces in attributes, and carriage returns to line feeds elsewhere.
  '\t': '&#9;',
  '\r': '&#13;',
};

/** Escapes a text for an element or an attribute. */
export function xmlText(text: string): string {
  return text.replace(invalid, '').replace(/[&<>"'\t\r]/g, (character) => entities[character] ?? character);
}

export type Attributes = Readonly<Record<string, string | number>>;

/** An element with content that is already XML; self-closing without content. */
export function element(name: string, attributes: Attributes, ...content: readonly string[]): string {
  const head = [name, ...Object.entries(attributes).map(([key, value]) => `${key}="${xmlText(String(value))}"`)].join(
    ' ',
  );
  return content.length === 0 ? `<${head}/>` : `<${head}>${content.join('')}</${name}>`;
}
