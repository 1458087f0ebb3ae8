import type { NodeFacetName } from '../../observe/facets/table.ts';
import type { NodeSnapshot } from '../../observe/snapshot.ts';
import { isNotExposed } from '../../talos/failure.ts';
import { nodeCheck } from '../define.ts';
import { baselineOf } from '../facts/baseline.ts';
import { changesOf, isSameBoot } from '../facts/changes.ts';
import { inventoryFacets, inventoryOf } from '../facts/inventory.ts';
import { isContainer } from '../facts/machine-status.ts';
import { here, hint, notKnown, pass, pending } from '../outcome.ts';
import { talosctl } from '../text.ts';

/** What is compared, and the facet that tells it. */
const compared = { extensions: 'extensions', volumes: 'volumes', staticPods: 'staticPods' } as const satisfies Record<
  string,
  NodeFacetName
>;

/** Why something that the baseline has could not be compared: silence is no pass. */
function unknown(node: NodeSnapshot, name: keyof typeof compared): string | undefined {
  const facet = node[compared[name]];
  return facet.ok || isNotExposed(facet.error) ? undefined : facet.error.message;
}

export const baselineNode = nodeCheck({
  id: 'baseline-node',
  stage: 'readiness',
  scope: 'node',
  title: 'the node has lost nothing since the baseline',
  explanation:
    'The node was wiped, runs an older version than in the baseline, has lost an extension, a volume or a static pod, or has not rebooted as rebooted-since asks.',
  requires: ['api-reachable'],
  reads: [],
  alsoReads: ['version', 'identity', ...inventoryFacets],
  enabled: ({ baseline }) => baseline !== undefined,
  docs: {
    pending:
      'the node id is another; a version of Talos or Kubernetes is older (unless `allow-downgrade`); an extension, a volume or a static pod is gone, or a volume is not ready any more; with `rebooted-since: baseline` the boot is still that of the baseline',
    explainedBy: ['upgrade-confirmed', 'reboot-due'],
    talosctl: 'not asked there',
    reports: ['siderolabs/talos#8467'],
    advice: 'See what changed in the summary, and undo it or make a new baseline',
    commands: ['talosctl -n 10.0.0.2 version', 'talosctl -n 10.0.0.2 get extensions', 'talosctl -n 10.0.0.2 dmesg'],
  },
  evaluate(_, { node, snapshot, options }) {
    const before = baselineOf(node, snapshot, options);
    const { baseline } = options;
    if (before === undefined || baseline === undefined) {
      return pass('new since the baseline');
    }
    const after = inventoryOf(node, snapshot);
    const changes = changesOf(before, after, baseline.allowDowngrade);
    const same = isSameBoot(before.boot, after.boot);
    const unrebooted = !baseline.mustReboot || isContainer(node) ? undefined : same;
    const regressions = [
      ...changes.flatMap(({ regression }) => regression ?? []),
      ...(unrebooted === true ? ['has not rebooted since'] : []),
    ];
    const show = [talosctl(node, 'version'), talosctl(node, 'dmesg')];
    if (regressions.length > 0) {
      return pending(
        `compared with the baseline, it ${regressions.join('; it ')}`,
        hint('What is gone was there in the baseline: undo the change, or make a new baseline.', ...show),
        here('upgrade-confirmed', 'reboot-due'),
      );
    }
    const silent = (Object.keys(compared) as (keyof typeof compared)[]).flatMap((name) => {
      const why = before[name] === undefined ? undefined : unknown(node, name);
      return why === undefined ? [] : [`its ${name === 'staticPods' ? 'static pods' : name} could not be read: ${why}`];
    });
    const bootless = baseline.mustReboot && !isContainer(node) && same === undefined;
    const unsaid = bootless
      ? ['whether it has rebooted is not known: it or the baseline does not say which boot it runs']
      : [];
    return silent.length + unsaid.length > 0
      ? notKnown([...silent, ...unsaid].join('; '), hint('If waiting does not help, read its log.', ...show))
      : pass(changes.length === 0 ? 'as in the baseline' : `${changes.map(({ what }) => what).join(', ')} changed`);
  },
});
