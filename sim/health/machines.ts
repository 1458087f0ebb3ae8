import { machineStatus } from '../model/machine-status.ts';
import type { NodeState } from '../model/node-state.ts';
import { serviceOutcome } from './services.ts';
import {
  allAddresses,
  ask,
  errorList,
  type HealthCheck,
  type HealthView,
  isNode,
  notAuthorized,
  type Outcome,
  readsConfigFirst,
} from './view.ts';

/** In MiB, as the checks of talosctl have them. */
const leastMemory = { controlplane: 1698, worker: 874 };
const leastEphemeral = 3932;

export const machineChecks: readonly HealthCheck[] = [
  { title: 'apid to be ready', assess: apidReady },
  { title: 'all nodes memory sizes', assess: (view) => onMetal(view, memorySizes) },
  { title: 'all nodes disk sizes', assess: (view) => onMetal(view, diskSizes) },
  { title: 'no diagnostics', assess: noDiagnostics },
  { title: 'kubelet to be healthy', assess: kubeletHealthy },
  { title: 'all nodes to finish boot sequence', assess: booted },
];

/** All nodes, or the outcome where one of them cannot be asked. */
function askAll(
  view: HealthView,
  describe: (address: string, error: string) => string,
): readonly NodeState[] | Outcome {
  const asked = allAddresses(view).map((address) => ({ address, answer: ask(view, address) }));
  const failed = asked.flatMap(({ address, answer }) => (isNode(answer) ? [] : [{ ...answer, address }]));
  if (failed.length === 0) return asked.flatMap(({ answer }) => (isNode(answer) ? [answer] : []));
  const error = failed.map((failure) => describe(failure.address, failure.error)).join('\n');
  return { error, slow: failed.some(({ slow }) => slow) };
}

function isNodes(answer: readonly NodeState[] | Outcome): answer is readonly NodeState[] {
  return Array.isArray(answer);
}

function apidReady(view: HealthView): Outcome {
  const nodes = askAll(
    view,
    (address, error) => `error getting version from node ${JSON.stringify(address)}: ${error}`,
  );
  return isNodes(nodes) ? 'OK' : nodes;
}

function onMetal(view: HealthView, judge: (nodes: readonly NodeState[], view: HealthView) => Outcome): Outcome {
  const nodes = askAll(
    view,
    (address, error) => `error getting version from node ${JSON.stringify(address)}: ${error}`,
  );
  if (!isNodes(nodes)) return nodes;
  return view.state.scenario.platform.mode === 'container' ? 'OK' : judge(nodes, view);
}

function memorySizes(nodes: readonly NodeState[]): Outcome {
  const small = nodes
    .filter((node) => node.memoryMiB < leastMemory[node.role])
    .map(
      (node) =>
        `node ${JSON.stringify(node.address)} does not meet memory requirements: expected at least ${leastMemory[node.role]} MiB, actual ${node.memoryMiB} MiB`,
    );
  return small.length === 0 ? 'OK' : { error: errorList(small) };
}

function diskSizes(nodes: readonly NodeState[]): Outcome {
  const small = nodes
    .filter((node) => node.ephemeral.sizeMiB < leastEphemeral)
    .map(
      (node) =>
        `ephemeral partition "" for node ${JSON.stringify(node.address)} is too small, expected at least ${gibibytes(leastEphemeral)}, actual ${gibibytes(node.ephemeral.sizeMiB)}`,
    );
  return small.length === 0 ? 'OK' : { error: errorList(small) };
}

function gibibytes(mebibytes: number): string {
  return mebibytes === 0 ? '0 B' : `${(mebibytes / 1024).toFixed(mebibytes < 10_240 ? 1 : 0)} GiB`;
}

function noDiagnostics(view: HealthView): Outcome {
  const nodes = askAll(view, (_address, error) => error);
  if (!isNodes(nodes)) return nodes;
  const found = nodes
    .filter((node) => node.diagnostics.length > 0)
    .map((node) => `${node.address}: ${node.diagnostics.map(({ message }) => message).join(', ')}`)
    .sort();
  return found.length === 0 ? 'OK' : { error: `active diagnostics: ${found.join('; ')}` };
}

function kubeletHealthy(view: HealthView): Outcome {
  if (!view.state.scenario.kubernetes) return 'SKIP';
  return readsConfigFirst(view.state) && !view.roles.has('os:admin') ? notAuthorized : serviceOutcome(view, 'kubelet');
}

function booted(view: HealthView): Outcome {
  const nodes = askAll(view, (_address, error) => error);
  if (!isNodes(nodes)) return nodes;
  const stages = new Map<string, string[]>();
  for (const node of nodes) {
    const { stage } = machineStatus(view.state, node, new Set());
    if (stage !== 'running') stages.set(stage, [...(stages.get(stage) ?? []), node.address]);
  }
  if (stages.size === 0) return 'OK';
  const told = [...stages].map(([stage, addresses]) => `${stage}: [${addresses.join(' ')}]`).sort();
  return { error: `nodes are not running: ${told.join(', ')}` };
}
