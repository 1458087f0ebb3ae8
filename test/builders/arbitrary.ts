import fc from 'fast-check';

/** Texts that format, end a line, start a workflow command or move the cursor. */
const pieces = [
  '|',
  '`',
  '```',
  '<',
  '</details>',
  '&',
  '@org/team',
  '#12',
  'GH-7',
  'https://a.example',
  'www.a.example',
  '![x](y)',
  '**',
  '$',
  '\\',
  '- ',
  '1. ',
  '# ',
  '::',
  '::error::',
  '##[',
  '##[error]',
  '##',
  '##vso[',
  ':',
  '%0A',
  '\n',
  '\r',
  '\r\n',
  '\t',
  '\v',
  '\f',
  '\0',
  '\u0085',
  '\u2028',
  '\u2029',
  '\u001b',
  '\u001b[31m',
  '\u001b[2K',
  '\u001b]8;;https://a.example\u0007',
  '\u009b',
  '\u200b',
  '\u202e',
  '\ufeff',
  '\ud800',
  ']]>',
  '-->',
  ' ',
];

/** An untrusted text of a node: words mixed with texts that may escape from their context. */
export const nodeText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', maxLength: 4 }), fc.constantFrom('a', 'etcd')),
    {
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(''));
