import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { codeBlock, codeSpan, logLine, markdown } from '../../../src/report/sanitize/escape.ts';
import { nodeText } from '../../builders/arbitrary.ts';
import { assertValidMarkdown } from '../markdown/valid.ts';

const inMarkdown: readonly (readonly [what: string, text: string, expected: string])[] = [
  ['plain text', 'etcd is Preparing: Running pre state (2 of 3)', 'etcd is Preparing: Running pre state (2 of 3)'],
  ['a column', 'a|b', 'a&#124;b'],
  ['tags and entities', '</details>&lt;', '&lt;/details&gt;&amp;lt;'],
  ['a comment', '<!-- x -->', '&lt;!-- x --&gt;'],
  ['formatting', '*a* _b_ ~c~ `d` \\e', '&#42;a&#42; &#95;b&#95; &#126;c&#126; &#96;d&#96; &#92;e'],
  ['a link and an image', '![a](b)', '!&#91;a&#93;(b)'],
  ['mathematics', '$x$', '&#36;x&#36;'],
  ['line breaks', 'a\r\nb\u2028c\u0085d', 'a b c d'],
  ['a mention', '@org/team', '@&#8203;org/team'],
  ['issues', '#123 and GH-4, not #a', '&#35;&#8203;123 and GH&#8203;&#45;4, not #a'],
  ['links', 'https://a.b www.a.b', 'https:&#8203;//a.b www&#8203;&#46;a.b'],
  ['an emoji name in an address', 'fd00:100:1', 'fd00:&#8203;100:1'],
  ['a host and its port', '10.0.0.1:50000', '10.0.0.1:50000'],
  ['a heading', '# a', '&#35;&#8203; a'],
  ['a list', '- a', '&#8203;&#45; a'],
  ['a numbered list', '1. a', '1&#8203;&#46; a'],
];

for (const [what, text, expected] of inMarkdown) {
  test(`Markdown: ${what}`, () => assert.equal(markdown(text), expected));
}

test('Markdown is truncated before it is escaped, so that entities stay whole', () => {
  assert.equal(markdown('a||||', 4), 'a&#124;&#124;…');
});

test('ten kilobytes of Markdown are truncated', () => {
  assert.equal(markdown('x'.repeat(10_240)), `${'x'.repeat(299)}…`);
});

test('a code span is longer than any run of backticks in it', () => {
  assert.equal(codeSpan('etcd'), '`etcd`');
  assert.equal(codeSpan('a`b``c'), '```a`b``c```');
  assert.equal(codeSpan('`a`'), '`` `a` ``');
  assert.equal(codeSpan('a\n\n</details>'), '`a  </details>`');
  assert.equal(codeSpan('\u0000'), '` `');
});

test('a text cannot close its code block', () => {
  assert.equal(codeBlock(['a', 'b ``` c', '```\n```']), '````sh\na\nb ``` c\n``` ```\n````');
});

const inLog: readonly (readonly [text: string, expected: string])[] = [
  ['nodes: worker-2 Ready', 'nodes: worker-2 Ready'],
  ['::error::x', ': :error::x'],
  [' \t\u00a0\u3000::error::x', ': :error::x'],
  ['\u001b[0m::error::x', ': :error::x'],
  ['\ufeff\u200b::error::x', ': :error::x'],
  ['a\n::error::x', 'a ::error::x'],
  ['a\u000b::b\u000c::c\u0085::d\u2028::e\u2029::f\r::g', 'a ::b ::c ::d ::e ::f ::g'],
  ['a ##[error]x', 'a # #[error]x'],
  ['###[error]x', '## #[error]x'],
  ['#\u200b#[error]x', '# #[error]x'],
  ['##\u001b[1m[error]x', '# #[error]x'],
  ['##vso[task.complete]x', '# #vso[task.complete]x'],
];

for (const [text, expected] of inLog) {
  test(`log: ${JSON.stringify(text)}`, () => assert.equal(logLine(text), expected));
}

test('an indented log line contains no workflow command', () => {
  assert.equal(logLine('::error::x', 3), '   : :error::x');
});

test('law: no text breaks a table, formats, links or mentions anybody', () => {
  fc.assert(
    fc.property(nodeText, (text) => {
      const row = `| ${markdown(text)} | ${markdown(`a${text}`)} |`;
      assertValidMarkdown(`| a | b |\n| --- | --- |\n${row}`);
      assert.doesNotMatch(row, /[`*_[\]]/);
    }),
  );
});

test('law: no text ends a code span or a block of code', () => {
  fc.assert(
    fc.property(nodeText, (text) => {
      assert.equal(
        /^(`+)(?!`)(?:.*[^`])\1$/su.exec(codeSpan(text))?.[1]?.length,
        /^`+/.exec(codeSpan(text))?.[0].length,
      );
      const lines = codeBlock([text, text], 'text').split('\n');
      assert.equal(lines.length, 4);
      assert.ok(!lines.slice(1, 3).some((line) => line.includes(lines[3] ?? '')));
      assertValidMarkdown(`a ${codeSpan(text.replaceAll('|', ''))}\n\n${codeBlock([text], 'text')}`);
    }),
  );
});

test('law: no text makes a log line a command, or more than one line', () => {
  fc.assert(
    fc.property(nodeText, fc.integer({ min: 0, max: 4 }), (text, indent) => {
      assert.doesNotMatch(logLine(text, indent), /^\s*::|##\w*\[|[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    }),
  );
});
