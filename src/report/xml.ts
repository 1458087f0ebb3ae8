/** What XML 1.0 cannot hold, not even escaped, beside line breaks and tabs. */
const invalid = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // A parser would turn these into blanks in an attribute, and into line feeds elsewhere.
  '\t': '&#9;',
  '\r': '&#13;',
};

/** Text for the inside of an element or of an attribute. */
export function xmlText(text: string): string {
  return text.replace(invalid, '').replace(/[&<>"'\t\r]/g, (character) => entities[character] ?? character);
}

export type Attributes = Readonly<Record<string, string | number>>;

/** An element with its content, which is XML already; without content it closes itself. */
export function element(name: string, attributes: Attributes, ...content: readonly string[]): string {
  const head = [name, ...Object.entries(attributes).map(([key, value]) => `${key}="${xmlText(String(value))}"`)].join(
    ' ',
  );
  return content.length === 0 ? `<${head}/>` : `<${head}>${content.join('')}</${name}>`;
}
