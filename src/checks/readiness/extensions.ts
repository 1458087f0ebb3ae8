import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { Extension } from '../../talos/model/upgrade.ts';
import { nodeCheck } from '../define.ts';
import { extensionsOf, extensionText, schematicAmong, schematicText } from '../facts/extensions.ts';
import { perSnapshot } from '../facts/per-snapshot.ts';
import { hint, pass, unreadWarning, warn } from '../outcome.ts';
import { count, talosctl } from '../text.ts';

/** What the image of a node holds besides Talos. */
interface Image {
  readonly node: NodeSnapshot;
  readonly extensions: readonly Extension[];
  readonly schematic: string | undefined;
}

/** For each role and version of Talos the image of the most nodes, of the first of those that are as many. */
const usualImages = perSnapshot(({ nodes }: Snapshot) => {
  const images = nodes.flatMap((node): Image[] => {
    const extensions = extensionsOf(node);
    return extensions === undefined ? [] : [{ node, extensions, schematic: schematicAmong(node) }];
  });
  const usual = [...Map.groupBy(images, ({ node }) => groupOf(node))].map(([group, ofGroup]) => {
    const same = [...Map.groupBy(ofGroup, keyOf).values()];
    return [group, same.toSorted((one, other) => other.length - one.length)[0]?.[0]] as const;
  });
  return new Map(usual);
});

/** Extensions are made for a version of Talos: in the middle of an upgrade theirs differ, too. */
function groupOf({ node, version }: NodeSnapshot): string {
  return `${node.role} ${version.ok ? version.value.tag : ''}`;
}

function keyOf({ extensions, schematic }: Image): string {
  return JSON.stringify([extensions.map(extensionText).toSorted(), schematic]);
}

function difference(own: Image, usual: Image): string {
  const [mine, theirs] = [own.extensions.map(extensionText), usual.extensions.map(extensionText)];
  const lacking = theirs.filter((one) => !mine.includes(one));
  const additional = mine.filter((one) => !theirs.includes(one));
  const parts = [
    ...(lacking.length === 0 ? [] : [`it lacks ${lacking.join(', ')}`]),
    ...(additional.length === 0 ? [] : [`it has ${additional.join(', ')}`]),
    ...(own.schematic === usual.schematic
      ? []
      : [`its image is of ${schematicText(own.schematic)} instead of ${schematicText(usual.schematic)}`]),
  ];
  return `unlike ${usual.node.node.name}: ${parts.join('; ')}`;
}

export const extensions = nodeCheck({
  id: 'extensions',
  stage: 'readiness',
  scope: 'node',
  severity: 'warn',
  title: 'the image has the same system extensions as those of the other nodes of its role',
  explanation:
    'The node runs an image with other system extensions, or of another schematic, than most nodes of its role and version.',
  requires: ['api-reachable'],
  reads: [],
  alsoReads: ['extensions', 'version'],
  docs: {
    pending: 'never: it warns',
    warn: 'the extensions could not be read, or the extensions, their versions or the schematic differ from those of most nodes with the same role and version of Talos; where they are meant to differ, `checks` with `extensions: skip` leaves it out',
    skip: 'the version of Talos does not expose the extensions to a reader',
    talosctl: 'not asked there: a node that an upgrade left without its extensions passes',
    reports: ['siderolabs/talos#9354', 'siderolabs/talos#8467'],
    advice: 'Upgrade the node to the image of the others, or leave the check out',
    commands: ['talosctl -n 10.0.0.2 get extensions'],
  },
  evaluate(_, { node, snapshot }) {
    if (!node.extensions.ok) {
      const advice = hint('See what the node says of them.', talosctl(node, 'get extensions'));
      return unreadWarning('the system extensions', node.extensions.error, advice);
    }
    const own = extensionsOf(node) ?? [];
    const image = { node, extensions: own, schematic: schematicAmong(node) };
    const usual = usualImages(snapshot).get(groupOf(node)) ?? image;
    return keyOf(image) === keyOf(usual)
      ? pass(own.length === 0 ? 'no extensions' : count(own.length, 'extension'))
      : warn(
          difference(image, usual),
          hint(
            'Upgrade the node to an image of the same schematic; where nodes of one role are meant to differ, skip the check extensions.',
            talosctl([node, usual.node], 'get extensions'),
          ),
        );
  },
});
