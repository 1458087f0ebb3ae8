import assert from 'node:assert/strict';
import { test } from 'node:test';
import { talosCompatibility } from '../../src/checks/facts/compatibility.ts';
import { talosStep } from '../../src/checks/facts/upgrade-path.ts';
import { evaluate } from '../../src/gate/evaluate.ts';
import { purposeText } from '../../src/gate/purpose.ts';
import { isHealthy } from '../../src/gate/verdict.ts';
import type { UpgradeTargets } from '../../src/inputs/upgrade.ts';
import type { Snapshot } from '../../src/observe/snapshot.ts';
import { type Release, releaseOf } from '../../src/values/release.ts';
import { findingLine, options, unresolved } from '../builders/evaluate.ts';
import { type Fault, onEveryNode, onNode, unreachable, withFaults } from '../builders/faults.ts';
import { inKubernetes, kubernetesNode, kubernetesNodeIs, withKubernetes } from '../builders/kubernetes.ts';
import { clusterNode, failed, healthySnapshot, ok, staticPod } from '../builders/snapshot.ts';

const componentPods = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];

const talosIs = (tag: string): Fault => onEveryNode(() => ({ version: ok({ tag, platform: 'metal', mode: 'metal' }) }));

const talosOf = (node: string, tag: string): Fault =>
  onNode(node, () => ({ version: ok({ tag, platform: 'metal', mode: 'metal' }) }));

const kubeletOf = (node: string, version: string): Fault =>
  onNode(node, () => ({ kubeletImage: ok(`ghcr.io/siderolabs/kubelet:${version}`) }));

const pods = (version: string) =>
  componentPods.map((id) => staticPod(id, { image: `registry.k8s.io/${id}:${version}` }));

const podsOf = (node: string, version: string): Fault => onNode(node, () => ({ staticPods: ok(pods(version)) }));

const kubernetesIs = (version: string): Fault =>
  onEveryNode(({ node }) => ({
    kubeletImage: ok(`ghcr.io/siderolabs/kubelet:${version}`),
    staticPods: ok(node.role === 'controlplane' ? pods(version) : []),
  }));

/** A healthy cluster of these versions. */
function cluster(talos: string, kubernetes: string, ...faults: readonly Fault[]): Snapshot {
  return withFaults(healthySnapshot(), talosIs(talos), kubernetesIs(kubernetes), ...faults);
}

const on = (snapshot: Snapshot, check: string, node: string | undefined, upgrade: UpgradeTargets): string =>
  findingLine(snapshot, check, node, { upgrade });

const release = (text: string): Release => releaseOf(text) ?? assert.fail(text);

/** As the tests of Talos have them (pkg/machinery/compatibility), and what upstream tests beyond that. */
const steps: readonly (readonly [host: string, target: string, step: ReturnType<typeof talosStep>])[] = [
  ['1.7.0', '1.8.1', 'next'],
  ['1.7.0-beta.0', '1.8.0', 'next'],
  ['1.5.0', '1.8.0', 'skips'],
  ['1.9.5', '1.8.3', 'downgrade'],
  ['1.4.0', '1.8.0', 'too-old'],
  ['1.10.0-alpha.0', '1.8.0', 'too-new'],
  ['1.8.0', '1.9.0', 'next'],
  ['1.8.0-alpha.0', '1.9.0', 'next'],
  ['1.9.5', '1.9.3', 'same'],
  ['1.7.0', '1.9.0', 'too-old'],
  ['1.11.0-alpha.0', '1.9.0', 'too-new'],
  ['1.8.0', '1.10.0', 'skips'],
  ['1.9.3', '1.10.1', 'next'],
  ['1.7.0', '1.10.0', 'too-old'],
  ['1.12.0-alpha.0', '1.10.0', 'too-new'],
  ['1.9.0', '1.11.0', 'skips'],
  ['1.8.0', '1.11.0', 'too-old'],
  ['1.10.0', '1.12.0-alpha.0', 'skips'],
  ['1.12.0-beta.0', '1.12.0', 'same'],
  ['1.9.0', '1.12.0', 'too-old'],
  ['1.14.0-alpha.0', '1.12.0', 'too-new'],
  ['1.11.0', '1.13.0', 'skips'],
  ['1.12.3', '1.13.1', 'next'],
  ['1.10.4', '1.13.2', 'too-old'],
  ['1.14.9', '1.13.0', 'downgrade'],
  ['1.15.0-alpha.0', '1.13.0', 'too-new'],
  ['1.12.0', '1.14.0', 'skips'],
  ['1.13.3', '1.14.1', 'next'],
  ['1.11.0', '1.14.0', 'too-old'],
  ['1.16.0-alpha.0', '1.14.0', 'too-new'],
  ['1.14.3', '1.15.1', 'next'],
  ['1.12.0', '1.15.0', 'too-old'],
  ['1.17.0-alpha.0', '1.15.0', 'too-new'],
  ['1.2.0', '1.2.1', 'same'],
  ['1.3.0', '1.2.0', 'too-new'],
  ['1.15.0', '1.16.0-alpha.0', 'unknown-newer'],
  ['1.15.0', '2.0.0', 'unknown-newer'],
  ['1.9.0', '1.1.0', 'unknown-older'],
];

for (const [host, target, step] of steps) {
  test(`Talos ${host} to ${target}: ${step}`, () => assert.equal(talosStep(release(host), release(target)), step));
}

test('the table has every release from its first to its last, and ranges that only rise', () => {
  const { releases } = talosCompatibility;
  const minors = releases.map(({ talos }) => release(talos).minor);
  assert.deepEqual(
    minors,
    minors.map((_, index) => (minors[0] ?? 0) + index),
  );
  for (const { talos, from, below, kubernetes } of releases) {
    const [oldest, newest] = kubernetes;
    assert.ok(release(from).minor < release(talos).minor && release(talos).minor < release(below).minor, talos);
    assert.ok(release(oldest).minor < release(newest).minor, talos);
  }
});

test('upgrade-path: the next release passes, and the message is the way', () => {
  const seen = cluster('v1.13.4', 'v1.34.1');
  assert.equal(on(seen, 'upgrade-path', 'cp-1', { talos: '1.14.2' }), 'pass: 1.13.4 → 1.14.2');
  assert.equal(on(seen, 'upgrade-path', 'cp-1', { talos: '1.13' }), 'pass: Talos v1.13.4');
});

test('upgrade-path: a host that is too old is pending, with the hops and what Kubernetes needs before them', () => {
  const old = cluster('v1.10.4', 'v1.30.2');
  assert.equal(
    on(old, 'upgrade-path', 'worker-1', { talos: '1.13.2' }),
    'pending: it runs Talos v1.10.4, and Talos 1.13 upgrades from 1.11 or newer: 1.10.4 → 1.11.x → 1.12.x → 1.13.2, Kubernetes before Talos 1.13: at least 1.31',
  );
  const older = cluster('v1.10.4', 'v1.28.2');
  assert.match(
    on(older, 'upgrade-path', 'cp-1', { talos: '1.12' }),
    /: 1\.10\.4 → 1\.11\.x → 1\.12\.x, Kubernetes before Talos 1\.11: at least 1\.29, Kubernetes before Talos 1\.12: at least 1\.30$/,
  );
});

test('upgrade-path: a step that leaves a release out is a warning, and a fault in the profile strict', () => {
  const seen = cluster('v1.12.1', 'v1.34.1');
  assert.equal(
    on(seen, 'upgrade-path', 'cp-2', { talos: '1.14.2' }),
    'warn: it runs Talos v1.12.1; upstream tests upgrades to Talos 1.14 only from the release before: 1.12.1 → 1.13.x → 1.14.2',
  );
});

test('upgrade-path: a downgrade is a warning while the installer takes the host, and then pending', () => {
  const seen = cluster('v1.14.1', 'v1.34.1');
  assert.equal(
    on(seen, 'upgrade-path', 'cp-1', { talos: '1.13.0' }),
    'warn: it runs Talos v1.14.1, which is newer: Talos 1.13 takes hosts below 1.15',
  );
  assert.equal(
    on(seen, 'upgrade-path', 'cp-1', { talos: '1.12.0' }),
    'pending: it runs Talos v1.14.1, and Talos 1.12 takes only hosts below 1.14',
  );
});

test('upgrade-path: a release that is newer than the table is a warning that says so', () => {
  const seen = cluster('v1.15.0', 'v1.36.1');
  assert.match(
    on(seen, 'upgrade-path', 'cp-1', { talos: '1.16.0' }),
    /^warn: Talos 1\.16 is newer than the table of versions, which ends with 1\.15 \(\d{4}-\d\d-\d\d\): whether it upgrades from v1\.15\.0 is not known: 1\.15\.0 → 1\.16\.0$/,
  );
  assert.match(
    on(seen, 'upgrade-kubernetes', 'cp-1', { talos: '1.16.0' }),
    /^warn: Talos 1\.16 is newer than the table/,
  );
  assert.match(on(seen, 'upgrade-path', 'cp-1', { talos: '1.1' }), /^pending: the table of versions does not have/);
});

test('upgrade-path: a node without a version does not pass', () => {
  for (const tag of ['', 'dirty']) {
    const seen = cluster('v1.14.0', 'v1.36.1', talosOf('worker-1', tag));
    assert.match(on(seen, 'upgrade-path', 'worker-1', { talos: '1.14.2' }), /^pending: Talos reports /);
  }
  const dead = cluster('v1.14.0', 'v1.36.1', unreachable('worker-1'));
  assert.match(on(dead, 'upgrade-path', 'worker-1', { talos: '1.14.2' }), /^blocked by api-reachable worker-1: /);
});

test('upgrade-kubernetes: each component has to be in the range of the target', () => {
  const seen = cluster('v1.13.0', 'v1.32.0', kubeletOf('worker-1', 'v1.31.9'), podsOf('cp-2', 'v1.38.0'));
  const upgrade = { talos: '1.14.2' };
  assert.equal(on(seen, 'upgrade-kubernetes', 'cp-1', upgrade), 'pass: Talos 1.14 runs Kubernetes 1.32 to 1.37');
  assert.equal(
    on(seen, 'upgrade-kubernetes', 'worker-1', upgrade),
    'pending: kubelet v1.31.9, and Talos 1.14 runs Kubernetes 1.32 to 1.37',
  );
  assert.match(on(seen, 'upgrade-kubernetes', 'cp-2', upgrade), /^pending: kube-apiserver v1\.38\.0, kube-controller-/);
});

test('upgrade-kubernetes: the target of Kubernetes has to be in the range of Talos, and of the Talos to come', () => {
  const seen = cluster('v1.13.0', 'v1.36.0', talosOf('worker-1', 'v1.12.0'));
  assert.equal(
    on(seen, 'upgrade-kubernetes', 'cp-1', { kubernetes: '1.37.0' }),
    'pending: Talos 1.13 runs Kubernetes 1.31 to 1.36, and not 1.37',
  );
  assert.match(on(seen, 'upgrade-kubernetes', 'worker-1', { kubernetes: '1.36.1' }), /^pending: Talos 1\.12 runs /);
  const both = { talos: '1.14.0', kubernetes: '1.37.0' };
  assert.equal(
    on(seen, 'upgrade-kubernetes', 'cp-1', both),
    'pass: Talos 1.14 runs Kubernetes 1.32 to 1.37: Talos first, then Kubernetes',
  );
  const tooNew = { talos: '1.14.0', kubernetes: '1.38.0' };
  assert.match(on(seen, 'upgrade-kubernetes', 'cp-1', tooNew), /^pending: Talos 1\.14 runs .*, and not 1\.38$/);
});

test('upgrade-kubernetes: of both upgrades Kubernetes goes first if the new Talos does not run the present one', () => {
  const seen = cluster('v1.13.0', 'v1.31.4');
  assert.match(on(seen, 'upgrade-kubernetes', 'worker-1', { talos: '1.14.0' }), /^pending: kubelet v1\.31\.4, and /);
  assert.equal(
    on(seen, 'upgrade-kubernetes', 'worker-1', { talos: '1.14.0', kubernetes: '1.32.3' }),
    'pass: Talos 1.14 runs Kubernetes 1.32 to 1.37: Kubernetes first, then Talos',
  );
  const neither = cluster('v1.13.0', 'v1.30.0');
  assert.match(
    on(neither, 'upgrade-kubernetes', 'worker-1', { talos: '1.15.0', kubernetes: '1.37.0' }),
    /^pending: kubelet v1\.30\.0, and Talos 1\.15 runs /,
  );
});

test('upgrade-kubernetes: a kubelet that only an admin sees is a warning, what did not answer is pending', () => {
  const refused = failed({ kind: 'unsupported-type', message: 'no such type' });
  const upgrade = { talos: '1.14.0' };
  const hidden = cluster(
    'v1.13.0',
    'v1.34.0',
    onNode('worker-1', () => ({ kubeletImage: refused })),
  );
  assert.match(
    on(hidden, 'upgrade-kubernetes', 'worker-1', upgrade),
    /^warn: the version of the kubelet cannot be read/,
  );
  assert.match(on(hidden, 'version-skew', undefined, upgrade), /^warn: the versions of the kubelets of worker-1 /);
  assert.match(on(hidden, 'upgrade-kubernetes', 'worker-1', { kubernetes: '1.35' }), /^pass: /);
  const lost = cluster(
    'v1.14.0',
    'v1.34.0',
    onNode('worker-1', () => ({ kubeletImage: failed() })),
  );
  assert.match(
    on(lost, 'upgrade-kubernetes', 'worker-1', upgrade),
    /^pending: .*could not be read: deadline exceeded$/,
  );
  assert.match(on(lost, 'version-skew', undefined, upgrade), /^pending: not known: the versions .* on worker-1$/);
  const nameless = onNode('cp-1', () => ({
    staticPods: ok([staticPod('kube-apiserver', { image: 'mirror/x@sha256:01' })]),
  }));
  assert.match(
    on(cluster('v1.14.0', 'v1.34.0', nameless), 'upgrade-kubernetes', 'cp-1', upgrade),
    /^pending: the version of kube-apiserver is not known: its image is mirror\/x@sha256:01$/,
  );
});

/** What is seen besides a cluster of Kubernetes v1.35.2, and what version-skew says of an upgrade to 1.36.1. */
const skews: readonly (readonly [name: string, message: RegExp, ...faults: Fault[]])[] = [
  ['one release', /^pass: 1\.35\.2 → 1\.36\.1$/],
  ['a kubelet two behind', /^pass: /, kubeletOf('worker-1', 'v1.33.0')],
  ['half of the API servers there', /^pass: 1\.35\.2 → 1\.36\.1$/, podsOf('cp-1', 'v1.36.1')],
  [
    'API servers two apart',
    /^pending: kube-apiserver of cp-2 is v1\.34\.0 and that of cp-1 v1\.36\.0: API servers may be one minor/,
    podsOf('cp-1', 'v1.36.0'),
    podsOf('cp-2', 'v1.34.0'),
  ],
  [
    'a kubelet newer than an API server',
    /^pending: the kubelet of worker-1 is v1\.36\.1, newer than the API server of cp-1, which is v1\.35\.2$/,
    kubeletOf('worker-1', 'v1.36.1'),
  ],
  [
    'a kubelet three behind, four then',
    /^pending: the kubelet of worker-1 is v1\.32\.0, more than 3 minor releases behind 1\.36$/,
    kubeletOf('worker-1', 'v1.32.0'),
  ],
  [
    'a kubelet four behind',
    /^pending: the kubelet of worker-1 is v1\.31\.0, more than 3 .* the API server of cp-\d, which is v1\.35\.2; /,
    kubeletOf('worker-1', 'v1.31.0'),
  ],
  [
    'a scheduler two behind',
    /^pending: kube-scheduler of cp-1 is v1\.33\.0, and its API server v1\.35\.2: it may be one minor release older$/,
    onNode('cp-1', () => ({
      staticPods: ok([
        ...pods('v1.35.2').slice(0, 2),
        staticPod('kube-scheduler', { image: 'k/kube-scheduler:v1.33.0' }),
      ]),
    })),
  ],
  ['an API server that is newer already', /^pending: .*Kubernetes cannot go back to 1\.36/, podsOf('cp-1', 'v1.37.0')],
];

for (const [name, message, ...faults] of skews) {
  test(`version-skew: ${name}`, () => {
    const seen = cluster('v1.14.0', 'v1.35.2', ...faults);
    assert.match(on(seen, 'version-skew', undefined, { kubernetes: '1.36.1' }), message);
  });
}

test('version-skew: Kubernetes leaves no release out, and the message has the hops and what Talos needs', () => {
  assert.equal(
    on(cluster('v1.12.0', 'v1.34.2'), 'version-skew', undefined, { kubernetes: '1.36.1' }),
    'pending: Kubernetes is upgraded one minor release at a time: 1.34.2 → 1.35.x → 1.36.1, Talos before Kubernetes 1.36: at least 1.13',
  );
});

test('version-skew: with the Kubernetes API its nodes count, those of no machine too', () => {
  const stranger = inKubernetes(({ nodes }) => ({
    nodes: ok([
      ...(nodes.ok ? nodes.value : []),
      kubernetesNode(clusterNode('worker', 9), { kubeletVersion: 'v1.30.0' }),
    ]),
  }));
  const seen = withFaults(withKubernetes(cluster('v1.13.0', 'v1.36.0')), stranger);
  assert.match(
    on(seen, 'version-skew', undefined, { talos: '1.14' }),
    /^pending: the kubelet of worker-9 is v1\.30\.0, /,
  );
  const listed = withFaults(
    withKubernetes(
      cluster(
        'v1.13.0',
        'v1.36.0',
        onEveryNode(() => ({ kubeletImage: failed({ kind: 'not-authorized' }) })),
      ),
    ),
    kubernetesNodeIs('worker-1', { kubeletVersion: 'v1.34.1' }),
  );
  assert.match(on(listed, 'version-skew', undefined, { talos: '1.14' }), /^pass: /);
});

test('without Kubernetes an upgrade of it is pending, and one of Talos is not', () => {
  const none = onEveryNode(({ services }) => ({
    services: ok(services.ok ? services.value.filter(({ id }) => id !== 'kubelet') : []),
    staticPods: ok([]),
    staticPodStatuses: ok([]),
    nodeStatuses: ok([]),
    kubeletImage: failed({ kind: 'not-found' }),
  }));
  const seen = cluster('v1.13.0', 'v1.36.0', none);
  assert.match(on(seen, 'upgrade-kubernetes', 'cp-1', { talos: '1.14' }), /^skip: Kubernetes is not configured/);
  assert.match(on(seen, 'version-skew', undefined, { talos: '1.14' }), /^skip: /);
  assert.match(on(seen, 'upgrade-kubernetes', 'cp-1', { kubernetes: '1.36' }), /^pending: it runs no Kubernetes, /);
});

test('a cluster that may go there is healthy, and the verdict says so', () => {
  const upgrade = { talos: '1.14.2', kubernetes: '1.36.1' };
  const findings = evaluate(cluster('v1.13.0', 'v1.35.0'), { ...options, upgrade });
  assert.deepEqual(unresolved(findings), []);
  assert.ok(isHealthy(findings));
  assert.equal(
    purposeText({ upgrade }, 'healthy', findings),
    'nothing stands in the way of Talos 1.14.2 and Kubernetes 1.36.1',
  );
  const skipping = evaluate(cluster('v1.12.0', 'v1.35.0'), { ...options, upgrade: { talos: '1.14.2' } });
  assert.equal(
    purposeText({ upgrade: { talos: '1.14.2' } }, 'healthy', skipping),
    'nothing but warnings stands in the way of Talos 1.14.2',
  );
  assert.equal(purposeText({ upgrade }, 'unhealthy', findings), '');
  assert.equal(purposeText({}, 'healthy', findings), '');
});

test('the verdict says whether nodes are safe to reboot, after a wait since when', () => {
  const safeToReboot = ['cp-1', 'worker-2'];
  assert.equal(purposeText({ safeToReboot }, 'unhealthy', []), 'not safe to reboot cp-1, worker-2');
  assert.equal(
    purposeText({ safeToReboot }, 'healthy', [], 0),
    'safe to reboot cp-1, worker-2 since 1970-01-01T00:00:00.000Z',
  );
  assert.equal(purposeText({ safeToReboot }, 'cancelled', []), '');
});
