import { remainingConditions } from '../checks/facts/machine-status.ts';
import { isBroken, servicesBlockingBoot } from '../checks/facts/services.ts';
import { hint } from '../checks/outcome.ts';
import { talosctl } from '../checks/text.ts';
import type { Finding } from '../gate/finding.ts';
import type { NodeSnapshot } from '../observe/snapshot.ts';
import { shellWord } from '../values/shell.ts';
import { type Context, type OnNode, openOnNodes } from './context.ts';
import { matchAlike } from './match.ts';
import type { Match, Rule } from './root-cause.ts';

/** Causes that keep a machine from finishing its boot: its services wait for them. */

const startingStates: ReadonlySet<string> = new Set(['Waiting', 'Preparing', 'Initialized', 'Starting']);

function isBooting({ machineStatus }: NodeSnapshot): boolean {
  return machineStatus.ok && machineStatus.value.stage === 'booting';
}

function brokenServices({ services }: NodeSnapshot): readonly string[] {
  return services.ok ? services.value.filter((service) => isBroken(service, services.at)).map(({ id }) => id) : [];
}

/** Some service is waiting or starting, and none has failed for a reason of its own. */
function isOnlyWaiting(node: NodeSnapshot): boolean {
  const { services } = node;
  return (
    services.ok && brokenServices(node).length === 0 && services.value.some(({ state }) => startingStates.has(state))
  );
}

/** The findings on these nodes that follow from the blocked boot. */
function consequencesOf(context: Context, blocked: readonly OnNode[], { blocks }: Kind): readonly Finding[] {
  const names = new Set(blocked.map(({ node }) => node.node.name));
  return openOnNodes(context, ...blocks)
    .filter(({ node }) => names.has(node.node.name))
    .filter(({ finding, node }) => (finding.check === 'boot-finished' ? isBooting(node) : isOnlyWaiting(node)))
    .map(({ finding }) => finding);
}

/** Open findings of a check, and those that only the unfinished boot blocks. */
function openOrBlockedByBoot(context: Context, check: string): readonly OnNode[] {
  const blocked = context.findings.filter(
    ({ check: id, status, blockedBy }) => id === check && status === 'blocked' && blockedBy?.check === 'boot-finished',
  );
  return openOnNodes({ ...context, open: [...context.open, ...blocked] }, check);
}

interface Kind {
  readonly id: string;
  readonly symptom: string;
  readonly check: string;
  /** Checks that it makes fail on the same node. */
  readonly blocks: readonly string[];
  matches(node: NodeSnapshot): boolean;
  readonly title?: string;
  readonly explanation: string;
  readonly advice: string;
  commands(node: NodeSnapshot): readonly string[];
}

const startUp = ['boot-finished', 'services', 'etcd-service'];

const unmet =
  (name: string) =>
  (node: NodeSnapshot): boolean =>
    remainingConditions(node).some((condition) => condition.startsWith(`${name}:`));

const kinds: readonly Kind[] = [
  {
    id: 'volume',
    symptom: 'The EPHEMERAL volume failed or is missing; services of the node wait for it.',
    check: 'disk',
    blocks: startUp,
    matches: ({ ephemeral }) =>
      ephemeral.ok && (ephemeral.value.phase === 'failed' || ephemeral.value.phase === 'missing'),
    explanation: 'Without /var neither the container runtime, nor etcd, nor the kubelet can start.',
    advice: 'Check the disk of the machine, and what its volume says.',
    commands: (node) => [talosctl(node, 'get volumestatus EPHEMERAL -o yaml'), talosctl(node, 'get disks')],
  },
  {
    id: 'network-down',
    symptom: 'Talos names the unmet condition "network"; services of the node wait for it.',
    check: 'machine-ready',
    blocks: startUp,
    matches: unmet('network'),
    title: 'the network is not up',
    explanation: 'The node has no address, no route or no name server yet; etcd and the kubelet wait for that.',
    advice: 'Check the cable and the switch, the addresses, routes and name servers of the machine configuration.',
    commands: (node) =>
      ['networkstatus -o yaml', 'addresses', 'routes', 'resolvers'].map((what) => talosctl(node, `get ${what}`)),
  },
  {
    id: 'clock-not-synchronised',
    symptom: 'Talos names the unmet condition "time"; services of the node wait for it.',
    check: 'machine-ready',
    blocks: startUp,
    matches: unmet('time'),
    title: 'the clock is not synchronised',
    explanation: 'etcd, the kubelet and every certificate need the right time, and wait for it.',
    advice: 'Check that the node reaches its time servers (UDP port 123).',
    commands: (node) => [talosctl(node, 'get timestatus'), talosctl(node, 'get timeservers'), talosctl(node, 'time')],
  },
  {
    id: 'failed-service',
    symptom: 'A service of a node that still boots has failed, or is in a crash loop, and the boot waits for it.',
    check: 'services',
    blocks: [],
    matches: (node) => isBooting(node) && brokenServices(node).some((id) => id !== 'etcd'),
    explanation: 'The boot of a machine ends only when all its services run.',
    advice: 'Read the events and the log of the service that failed.',
    commands: (node) =>
      brokenServices(node)
        .filter((id) => id !== 'etcd')
        .flatMap((id) => [talosctl(node, `service ${shellWord(id)}`), talosctl(node, `logs ${shellWord(id)}`)]),
  },
];

function match(kind: Kind, context: Context): readonly Match[] {
  const matching = openOrBlockedByBoot(context, kind.check).filter(({ node }) => kind.matches(node));
  return matchAlike(matching, (text, same) => ({
    title: kind.title === undefined ? text : `${kind.title}: ${text}`,
    explanation: kind.explanation,
    hint: hint(kind.advice, ...same.flatMap(({ node }) => kind.commands(node))),
    consequences: consequencesOf(context, same, kind),
  }));
}

export const bootBlockers: readonly Rule[] = kinds.map((kind) => ({
  id: kind.id,
  symptom: kind.symptom,
  match: (context) => match(kind, context),
}));

/** The fallback: a service that blocks the boot for none of the reasons above. */
export const waitingService: Rule = {
  id: 'waiting-service',
  symptom:
    'A service of a node that still boots waits for something, or is not healthy, and nothing else explains that.',
  match: (context) => {
    const blocked = openOnNodes(context, 'boot-finished').flatMap(({ finding, node }) => {
      const blockers = servicesBlockingBoot(node);
      return blockers.length === 0 ? [] : [{ finding, node, blockers }];
    });
    return matchAlike(
      blocked,
      (text, same) => ({
        title: `${text}: the machine does not finish booting`,
        explanation: 'The boot of a machine ends only when all its services run, extensions too.',
        hint: hint(
          'Provide what the service waits for, or take it out of the machine configuration (an extension, out of the image).',
          ...same.flatMap(({ node, blockers }) =>
            blockers.slice(0, 1).map(({ service }) => talosctl(node, `service ${shellWord(service)}`)),
          ),
        ),
      }),
      ({ blockers }) => blockers.map(({ words }) => words).join('; '),
    );
  },
};
