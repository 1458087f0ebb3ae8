import { remainingConditions } from '../checks/facts/machine-status.ts';
import { isBroken, servicesBlockingBoot } from '../checks/facts/services.ts';
import { hint } from '../checks/outcome.ts';
import { talosctl, word } from '../checks/text.ts';
import type { Finding } from '../gate/finding.ts';
import type { NodeSnapshot } from '../observe/snapshot.ts';
import { type Context, type OnNode, openOnNodes } from './context.ts';
import { matchAlike } from './match.ts';
import type { Match, Rule } from './root-cause.ts';

/** What holds back a machine that starts: services wait for it, and the boot does not end. */

const early: ReadonlySet<string> = new Set(['Waiting', 'Preparing', 'Initialized', 'Starting']);

function isBooting({ machineStatus }: NodeSnapshot): boolean {
  return machineStatus.ok && machineStatus.value.stage === 'booting';
}

function brokenServices({ services }: NodeSnapshot): readonly string[] {
  return services.ok ? services.value.filter((service) => isBroken(service, services.at)).map(({ id }) => id) : [];
}

/** Every service that does not run waits; none has failed for a reason of its own. */
function onlyWaits(node: NodeSnapshot): boolean {
  const { services } = node;
  return services.ok && brokenServices(node).length === 0 && services.value.some(({ state }) => early.has(state));
}

/** What on these nodes follows from their being held back. */
function heldBack(context: Context, found: readonly OnNode[], { holds }: Kind): readonly Finding[] {
  const held = new Set(found.map(({ node }) => node.node.name));
  return openOnNodes(context, ...holds)
    .filter(({ node }) => held.has(node.node.name))
    .filter(({ finding, node }) => (finding.check === 'boot-finished' ? isBooting(node) : onlyWaits(node)))
    .map(({ finding }) => finding);
}

/** Findings of a check that stand on their own, or that only the boot keeps from it. */
function standing(context: Context, check: string): readonly OnNode[] {
  const blocked = context.findings.filter(
    ({ check: id, status, blockedBy }) => id === check && status === 'blocked' && blockedBy?.check === 'boot-finished',
  );
  return openOnNodes({ ...context, open: [...context.open, ...blocked] }, check);
}

interface Kind {
  readonly id: string;
  readonly symptom: string;
  readonly check: string;
  /** Checks of the same node that fail because of it. */
  readonly holds: readonly string[];
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
    holds: startUp,
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
    holds: startUp,
    matches: unmet('network'),
    explanation: 'The node has no address, no route or no name server yet; etcd and the kubelet wait for that.',
    advice: 'Check the cable and the switch, the addresses, routes and name servers of the machine configuration.',
    commands: (node) =>
      ['networkstatus -o yaml', 'addresses', 'routes', 'resolvers'].map((what) => talosctl(node, `get ${what}`)),
  },
  {
    id: 'clock-not-synchronised',
    symptom: 'Talos names the unmet condition "time"; services of the node wait for it.',
    check: 'machine-ready',
    holds: startUp,
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
    holds: [],
    matches: (node) => isBooting(node) && brokenServices(node).some((id) => id !== 'etcd'),
    explanation: 'The boot of a machine ends only when all its services run.',
    advice: 'Read the events and the log of the service that failed.',
    commands: (node) =>
      brokenServices(node)
        .filter((id) => id !== 'etcd')
        .flatMap((id) => [talosctl(node, `service ${word(id)}`), talosctl(node, `logs ${word(id)}`)]),
  },
];

function match(kind: Kind, context: Context): readonly Match[] {
  const held = standing(context, kind.check).filter(({ node }) => kind.matches(node));
  return matchAlike(held, (text, same) => ({
    title: kind.title === undefined ? text : `${kind.title}: ${text}`,
    explanation: kind.explanation,
    hint: hint(kind.advice, ...same.flatMap(({ node }) => kind.commands(node))),
    consequences: heldBack(context, same, kind),
  }));
}

export const bootBlockers: readonly Rule[] = kinds.map((kind) => ({
  id: kind.id,
  symptom: kind.symptom,
  match: (context) => match(kind, context),
}));

/** After all that is known to hold up a boot: whatever else it waits for. */
export const waitingService: Rule = {
  id: 'waiting-service',
  symptom:
    'A service of a node that still boots waits for something, or is not healthy, and nothing else explains that.',
  match: (context) => {
    const held = openOnNodes(context, 'boot-finished').flatMap(({ finding, node }) => {
      const holders = servicesBlockingBoot(node);
      return holders.length === 0 ? [] : [{ finding, node, holders }];
    });
    return matchAlike(
      held,
      (text, same) => ({
        title: `${text}: the machine does not finish booting`,
        explanation: 'The boot of a machine ends only when all its services run, extensions too.',
        hint: hint(
          'Provide what the service waits for, or take it out of the machine configuration (an extension, out of the image).',
          ...same.flatMap(({ node, holders }) =>
            holders.slice(0, 1).map(({ service }) => talosctl(node, `service ${word(service)}`)),
          ),
        ),
      }),
      ({ holders }) => holders.map(({ words }) => words).join('; '),
    );
  },
};
