import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { evaluate } from '../../src/gate/evaluate.ts';
import type { RawInputs } from '../../src/inputs/table.ts';
import { causeLine } from '../../src/report/cause-text.ts';
import { options } from '../builders/evaluate.ts';
import { type Fault, withFaults } from '../builders/faults.ts';
import { withKubernetes } from '../builders/kubernetes.ts';
import { endpointsAre, failing, notBootstrapped, withoutCni } from '../builders/scenarios.ts';
import { singleFaults } from '../builders/single-faults.ts';
import { healthySnapshot, now } from '../builders/snapshot.ts';
import { createIdentity, talosconfig } from '../credentials/certificates.ts';
import { problemsOf } from '../inputs/parse.ts';
import { headings } from './markdown.ts';

const good = talosconfig(createIdentity());
const day = 24 * 60 * 60 * 1000;
const cp1 = '10.0.0.1:50000';
const cp2 = '10.0.0.2:50000';

const wrongInputs: readonly RawInputs[] = [
  { talosconfig: '' },
  { talosconfig: `\${{ secrets.TALOSCONFIG }}` },
  { talosconfig: '$TALOSCONFIG' },
  { talosconfig: 'reader.yaml' },
  { talosconfig: 'a: b\n'.repeat(10_000) },
  { talosconfig: `${Buffer.from(good).toString('base64').slice(0, 301)}!` },
  { talosconfig: good.replaceAll('\n', ' ') },
  { talosconfig: good.slice(0, -200) },
  { talosconfig: 'kind: Config\nclusters: []\nusers: []\ncontexts: []\n' },
  { talosconfig: 'context: a\ncontexts:\n  a:\n    cluster: prod\n    auth: {siderov1: {identity: me}}\n' },
  { context: 'prd' },
  { 'wait-timeout': '600' },
  { kubernetes: 'required' },
];

const withCertificate =
  (change: object): Fault =>
  (snapshot) => ({ ...snapshot, credentials: { ...snapshot.credentials, ...change } });

/** Other faults: of endpoints, certificates and clocks. */
const scenes: readonly (readonly Fault[])[] = [
  [notBootstrapped],
  [withoutCni],
  [endpointsAre(failing('lb.example.org:50000', { kind: 'refused', message: 'connect ECONNREFUSED' }))],
  [endpointsAre(failing(cp1, { kind: 'connect-timeout' }), failing(cp2, { kind: 'connect-timeout' }))],
  [endpointsAre(failing('lb.example.org:50000', { kind: 'unresolved', message: 'Name resolution failed' }))],
  [endpointsAre(failing('lb.example.org:50000', { kind: 'not-talos', message: 'wrong version number' }))],
  [endpointsAre({ endpoint: '10.0.1.1:50000', state: 'worker' })],
  [endpointsAre(failing(cp1, { kind: 'wrong-ca' }), failing(cp2, { kind: 'wrong-ca' }))],
  [endpointsAre(failing(cp1, { kind: 'client-certificate-unknown', layer: 'caller' }))],
  [endpointsAre(failing(cp1, { kind: 'not-authorized', layer: 'caller' })), withCertificate({ roles: [] })],
  [
    endpointsAre(failing(cp1, { kind: 'client-certificate-expired', layer: 'caller' })),
    withCertificate({ notAfter: now - day }),
  ],
  [endpointsAre(failing(cp1, { kind: 'server-certificate', message: 'certificate has expired' }))],
  [endpointsAre(failing(cp1, { kind: 'client-certificate-expired', layer: 'caller' }))],
  [withCertificate({ notBefore: now - 365 * day, notAfter: now + day })],
];

/** The messages about a cluster: the causes as at the start of the report, and all findings. */
function linesOf(faults: readonly Fault[]): readonly string[] {
  const snapshot = withFaults(withKubernetes(healthySnapshot()), ...faults);
  const expecting = { ...options, expected: { workers: 3 } };
  return [options, expecting].flatMap((given) => {
    const findings = evaluate(snapshot, given);
    const causes = diagnose(findings, snapshot).map((cause) => causeLine(cause, cause.nodes.length));
    return [...causes, ...findings.map(({ node = 'cluster', message }) => `${node}: ${message}`)];
  });
}

/** The lines of the golden reports, and those of the sources, in which values are expressions. */
function fileLines(): readonly string[] {
  const files = [
    ...readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join('src', name)),
    ...readdirSync('test/golden').map((name) => join('test/golden', name)),
  ];
  return files.flatMap((path) => readFileSync(path, 'utf8').split('\n'));
}

async function produced(): Promise<readonly string[]> {
  const problems = (await Promise.all(wrongInputs.map(problemsOf))).flat();
  return [
    ...problems.map(({ expected, got }) => `expected ${expected}; got ${got}`),
    ...[...singleFaults.map(({ fault }) => [fault]), ...scenes].flatMap(linesOf),
    ...fileLines(),
  ];
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** `…` in a heading matches any text. */
function patternOf(message: string): RegExp {
  return new RegExp(
    message
      .split('…')
      .map((part) => escaped(part.trim()))
      .join('.*'),
  );
}

test('the gate prints every message that troubleshooting.md explains', async () => {
  const source = readFileSync('docs/troubleshooting.md', 'utf8');
  const messages = [...source.matchAll(/^### `([^`]+)`/gm)].map(([, message = '']) => message);
  assert.ok(messages.length > 40);
  assert.equal(new Set(headings('docs/troubleshooting.md')).size, headings('docs/troubleshooting.md').length);
  const lines = await produced();
  const unknown = messages.filter((message) => !lines.some((line) => patternOf(message).test(line)));
  assert.deepEqual(unknown, []);
});
