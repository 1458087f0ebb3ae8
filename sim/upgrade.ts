import { bootSteps, onNode, podSteps, type Step } from './bootstrap.ts';
import { machineStatus } from './model/machine-status.ts';
import type { NodeState } from './model/node-state.ts';
import type { EtcdTrouble } from './model/services.ts';
import { type Change, type ClusterState, findNode, talosVersionOf } from './model/state.ts';
import type { World } from './world.ts';

export interface Upgrade {
  /** The version of Talos to install, such as `v1.14.1`. */
  readonly to: string;
  /**
   * - `boots`: the new version boots (the default).
   * - `falls-back`: it does not, and the boot loader goes back to the version before.
   * - `not-rebooted`: it is installed, and nobody reboots the machine.
   */
  readonly outcome?: 'boots' | 'falls-back' | 'not-rebooted';
  /** It is installed by a boot of the version before, which then boots the new one. */
  readonly staged?: boolean;
}

/** How long each part takes, in milliseconds; on real machines it is minutes. */
const time = { stop: 1000, install: 2000, down: 2000, failedBoot: 3000, booting: 4000 };

/**
 * How a machine is upgraded, in the order of real ones: its services stop, the new version is installed beside the one
 * that runs, the machine reboots, and the fallback to the version before is armed until a boot is ready.
 */
export function upgradeSteps(state: ClusterState, name: string, upgrade: Upgrade): readonly Step[] {
  const { to, outcome = 'boots', staged = false } = upgrade;
  const before = findNode(state, name);
  const old = talosVersionOf(state, before);
  const image = `ghcr.io/siderolabs/installer:${to}`;
  if (staged) {
    // Talos stages and reboots at once; the boot of the old version installs.
    const installed = 200 + time.stop + time.down + time.install;
    return [
      onNode(0, name, (node) => ({ ...node, upgrade: { staged: image } })),
      ...(outcome === 'not-rebooted'
        ? []
        : [
            ...stopSteps(name, 200, 'rebooting'),
            onNode(200 + time.stop + time.down, name, (node) => started({ ...node, upgrade: {}, stage: 'booting' })),
            onNode(installed, name, (node) => down({ ...node, upgrade: { fallback: 'A' } })),
            ...afterInstall(before, installed + time.down, old, to, outcome),
          ]),
    ];
  }
  if (outcome === 'not-rebooted') {
    // The installer writes to META, of which the running Talos keeps a copy: nothing is to be seen.
    return [];
  }
  const installed = time.stop + time.install;
  return [
    ...stopSteps(name, 0, 'upgrading'),
    onNode(installed, name, (node) => down({ ...node, upgrade: { fallback: 'A' } })),
    ...afterInstall(before, installed + time.down, old, to, outcome),
  ];
}

/** How a machine reboots. */
export function rebootSteps(state: ClusterState, name: string): readonly Step[] {
  const node = findNode(state, name);
  return [...stopSteps(name, 0, 'rebooting'), ...bootsUp(node, time.stop + time.down, talosVersionOf(state, node))];
}

/** Lets the steps happen. After the last one the first moment at which the machine is ready disarms the fallback, once a boot. */
export function play(world: World, name: string, steps: readonly Step[]): void {
  for (const { at, change } of steps) world.after(at, () => world.change(change));
  world.after(Math.max(0, ...steps.map(({ at }) => at)) + 1, () => {
    const isReady = (state: ClusterState) => isRunningAndReady(state, findNode(state, name), world.trouble);
    void world.until(isReady, new AbortController().signal).then(() => world.change(confirmed(name)));
  });
}

function isRunningAndReady(state: ClusterState, node: NodeState, trouble: EtcdTrouble): boolean {
  const { stage, ready } = machineStatus(state, node, trouble);
  return node.presence === 'up' && stage === 'running' && ready;
}

const confirmed = (name: string): Change =>
  onNode(0, name, ({ upgrade: { fallback: _disarmed, ...upgrade }, ...node }) => ({ ...node, upgrade })).change;

function afterInstall(
  before: NodeState,
  at: number,
  old: string,
  to: string,
  outcome: Upgrade['outcome'],
): readonly Step[] {
  if (outcome !== 'falls-back') return bootsUp(before, at, to);
  return [
    onNode(at, before.name, (node) => started({ ...node, talosVersion: to, stage: 'booting' })),
    // A failed boot switches the boot loader back, which disarms the fallback.
    onNode(at + time.failedBoot, before.name, (node) => down({ ...node, talosVersion: old, upgrade: {} })),
    ...bootsUp(before, at + time.failedBoot + time.down, old),
  ];
}

function stopSteps(name: string, at: number, stage: 'upgrading' | 'rebooting'): readonly Step[] {
  const stopped = { state: 'Finished', health: 'unknown', message: 'Service finished successfully' } as const;
  return [
    onNode(at, name, (node) => ({
      ...node,
      stage,
      services: { ...node.services, ...('kubelet' in node.services ? { kubelet: stopped } : {}) },
      etcd: { ...node.etcd, state: node.role === 'controlplane' ? 'stopped' : 'none' },
      staticPods: {},
    })),
    onNode(at + time.stop, name, (node) => (stage === 'rebooting' ? down(node) : node)),
  ];
}

const down = (node: NodeState): NodeState => ({
  ...node,
  presence: 'dead',
  stage: 'booting',
  services: {},
  rebootRequested: false,
});

/** Another boot begins. */
const started = (node: NodeState): NodeState => ({
  ...node,
  presence: 'up',
  boots: node.boots + 1,
  services: { machined: { state: 'Running', health: 'healthy', message: '' } },
});

function bootsUp(before: NodeState, at: number, version: string): readonly Step[] {
  const { name, role } = before;
  return [
    onNode(at, name, (node) => ({ ...started(node), talosVersion: version })),
    ...bootSteps(name, at),
    ...(role === 'controlplane'
      ? [
          onNode(at + 1000, name, (node) => ({ ...node, etcd: { ...node.etcd, state: 'running' } })),
          ...(Object.keys(before.staticPods).length > 0 ? podSteps(name, at + 1500) : []),
        ]
      : []),
    onNode(at + time.booting, name, (node) => ({ ...node, stage: 'running', staticPods: before.staticPods })),
  ];
}
