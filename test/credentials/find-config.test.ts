import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type LocateIo, locateTalosconfig } from '../../src/credentials/find-config.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { base64 } from './certificates.ts';

const folder = temporaryFolder();

const text = 'context: prod\ncontexts:\n  prod:\n    endpoints: [10.0.0.1]\n';
const home = join(folder, 'home');
const file = join(folder, 'talosconfig');
await mkdir(join(home, '.talos'), { recursive: true });
await mkdir(join(folder, 'moved'));
await mkdir(join(folder, 'empty-home'));
await writeFile(file, text);
await writeFile(join(home, '.talos', 'config'), '# home\n');
await writeFile(join(folder, 'moved', 'config'), '# moved\n');
await writeFile(join(folder, 'base64'), `${base64(text)}\n`);
await writeFile(join(folder, 'blank'), ' \n');
await writeFile(join(folder, 'utf16'), Buffer.from(`\u{feff}${text}`, 'utf16le'));
await writeFile(join(folder, 'Schl\u{fc}ssel (1)'), text);

function io(overrides: Partial<LocateIo> = {}): LocateIo {
  return { env: {}, readFile, homedir: () => home, mask: () => undefined, ...overrides };
}

const homeless = io({ homedir: () => join(folder, 'empty-home') });
const wrapped = base64(text.repeat(3)).replace(/(.{76})/g, '$1\n');

const found: readonly (readonly [string, string, string, string, LocateIo?])[] = [
  ['text', text, text, 'the input (text)'],
  ['text on one line', '{"contexts": {}}', '{"contexts": {}}', 'the input (text)'],
  ['base64', base64(text), text, 'the input (base64)'],
  ['wrapped base64', wrapped, text.repeat(3), 'the input (base64)'],
  ['base64 for URLs', Buffer.from(text).toString('base64url'), text, 'the input (base64)'],
  ['base64 that is cut', base64(text).slice(0, 40), text.slice(0, 30), 'the input (base64)'],
  ['a path', file, text, `the path "${file}"`],
  ['a path from home', '~/.talos/config', '# home\n', 'the path "~/.talos/config"'],
  [
    'a path with other letters',
    join(folder, 'Schl\u{fc}ssel (1)'),
    text,
    `the path "${join(folder, 'Schl\u{fc}ssel (1)')}"`,
  ],
  ['a file with UTF-16', join(folder, 'utf16'), text, `the path "${join(folder, 'utf16')}"`],
  ['a file with base64', join(folder, 'base64'), text, `the path "${join(folder, 'base64')}"`],
  ['TALOSCONFIG', '', text, `the path "${file}"`, io({ env: { TALOSCONFIG: file } })],
  ['text in TALOSCONFIG', '', text, 'the environment variable TALOSCONFIG (text)', io({ env: { TALOSCONFIG: text } })],
  ['the home directory', '', '# home\n', `the file "${join(home, '.talos', 'config')}"`],
  [
    'an empty TALOSCONFIG',
    '',
    '# home\n',
    `the file "${join(home, '.talos', 'config')}"`,
    io({ env: { TALOSCONFIG: '' } }),
  ],
  [
    'TALOS_HOME',
    '',
    '# moved\n',
    `the file "${join(folder, 'moved', 'config')}"`,
    io({ env: { TALOS_HOME: join(folder, 'moved') } }),
  ],
];

for (const [name, input, located, source, from = io()] of found) {
  test(`finds ${name}`, async () => {
    const expected = name === 'text in TALOSCONFIG' ? located.trim() : located;
    assert.deepEqual(await locateTalosconfig(input, from), { ok: true, value: { text: expected, source } });
  });
}

test('finds the file that Talos mounts into a pod', async () => {
  const readPod = async (path: string) => {
    if (path !== '/var/run/secrets/talos.dev/config') return readFile(path);
    return Buffer.from(text);
  };
  const value = { text, source: 'the file "/var/run/secrets/talos.dev/config"' };
  assert.deepEqual(await locateTalosconfig('', { ...homeless, readFile: readPod }), { ok: true, value });
  const throwing = () => {
    throw new Error('no home');
  };
  assert.deepEqual(await locateTalosconfig('', io({ homedir: throwing, readFile: readPod })), { ok: true, value });
});

const expected = 'the text of a talosconfig, base64 of it, or the path of a file with it';
const checkout = 'a path in the repository needs the step actions/checkout before this one';
const none = (length: number) =>
  `${length} characters that are no such text, no whole base64 of it, and no path of a file`;
const key = 'MC4CAQAwBQYDK2VwBCIEIGsecretSecretSECRET0123456789abcdefABCDEFgh';
const expression = 'write it in the workflow file itself: only there $' + '{{ secrets.NAME }} is expanded';

const shell = 'a variable or command, which no shell has expanded, from the input';

const refused: readonly (readonly [string, string, string, string?])[] = [
  ['a file that is missing', 'talos/config', 'the path "talos/config" in the input, which does not exist', checkout],
  [
    'a missing file elsewhere',
    join(folder, 'gone'),
    `the path "${join(folder, 'gone')}" in the input, which does not exist`,
  ],
  [
    'a path through a file',
    `${file}/a`,
    `the path "${file}/a" in the input, which does not exist: a part of it is no directory`,
  ],
  ['a directory', folder, `the path "${folder}" in the input, which is a directory`],
  ['a blank file', join(folder, 'blank'), `the path "${join(folder, 'blank')}" in the input, which is empty`],
  ['a key taken for a path', key, none(key.length)],
  ['base64 that lost its start', base64(text).slice(1), none(base64(text).length - 1)],
  ['a very long word', 'a'.repeat(10_000), none(10_000)],
  ['lines of words', 'some\nwords', none(10)],
  ['a NUL', 'a\0b', 'a file that is not text, from the input', 'pass the file that talosctl wrote, or base64 of it'],
  [
    'an expression',
    `$${'{{ secrets.TALOSCONFIG }}'}`,
    'an expression that was not expanded, from the input',
    expression,
  ],
  ['the name of a secret', 'secrets.TALOSCONFIG', 'an expression that was not expanded, from the input', expression],
  ['a variable', '$TALOSCONFIG', shell, 'inputs of an action pass no shell'],
  ['a command', '$(cat talosconfig)', shell, 'inputs of an action pass no shell'],
];

for (const [name, input, got, hint] of refused) {
  test(`refuses ${name}`, async () => {
    const complaint = { expected, got, ...(hint !== undefined && { hint }) };
    assert.deepEqual(await locateTalosconfig(input, io()), { ok: false, error: complaint });
  });
}

test('a path in TALOSCONFIG is refused if the file does not exist', async () => {
  const gone = join(folder, 'gone');
  assert.deepEqual(await locateTalosconfig('', io({ env: { TALOSCONFIG: gone } })), {
    ok: false,
    error: { expected, got: `the path "${gone}" in the environment variable TALOSCONFIG, which does not exist` },
  });
});

test('the complaint lists the searched paths if there is no talosconfig', async () => {
  const readNothing = () => Promise.reject(Object.assign(new Error('secret'), { code: 'ENOENT' }));
  assert.deepEqual(await locateTalosconfig('', io({ homedir: () => '/home/me', readFile: readNothing })), {
    ok: false,
    error: {
      expected,
      got: 'nothing, no environment variable TALOSCONFIG, and no file at /home/me/.talos/config or /var/run/secrets/talos.dev/config',
      hint: 'if it comes from a secret: a secret is empty if its name is wrong, and for pull requests from forks; for Sidero Omni, endpoints and cluster are enough',
    },
  });
});

test('a file without read permission is a problem, without a fallback', async () => {
  const fails = (code: string) => () => Promise.reject(Object.assign(new Error('secret'), { code }));
  const place = `the file "${join(home, '.talos', 'config')}"`;
  for (const [code, reason] of [
    ['EACCES', 'which this user may not read'],
    ['EPERM', 'which this user may not read'],
    ['EIO', 'which cannot be read (EIO)'],
  ] as const) {
    const complaint = { expected, got: `${place}, ${reason}` };
    assert.deepEqual(await locateTalosconfig('', io({ readFile: fails(code) })), { ok: false, error: complaint });
  }
});

test('a real file without read permission is a problem', { skip: process.getuid?.() === 0 }, async () => {
  const closed = join(folder, 'closed');
  await writeFile(closed, text);
  await chmod(closed, 0o000);
  assert.deepEqual(await locateTalosconfig(closed, io()), {
    ok: false,
    error: { expected, got: `the path "${closed}" in the input, which this user may not read` },
  });
});
