import { createHash } from 'node:crypto';
import {
  BootIDSpecSchema,
  ExtensionStatusSpecSchema,
  ImageFactorySchematicSpecSchema,
  MetaKeySpecSchema,
  RebootRequestSpecSchema,
} from '../gen/talos/resource/definitions/definitions_pb.ts';
import type { Extension, NodeState } from '../model/node-state.ts';
import type { ClusterState } from '../model/state.ts';
import { content, type ResourceContent } from './content.ts';
import { types } from './types.ts';

/** Which boot of which image runs, and what is to become of it. A container has no META and no boot of its own. */
export function upgradeResources({ scenario }: ClusterState, node: NodeState): readonly ResourceContent[] {
  const { schematic } = node;
  const ofFactory = { schematicId: schematic };
  return [
    ...(scenario.platform.mode === 'container' ? [] : bootResources(node)),
    ...extensionsOf(node).map(extensionStatus),
    ...(schematic === ''
      ? []
      : [
          content(types.schematic, 'image-factory-schematic', ImageFactorySchematicSpecSchema, ofFactory, {
            ...ofFactory,
            flavor: 'Image Factory',
            apiUrl: 'https://factory.talos.dev',
          }),
        ]),
  ];
}

function bootResources(node: NodeState): readonly ResourceContent[] {
  const { upgrade, rebootRequested } = node;
  const id = bootId(node);
  return [
    ...metaKey('0x06', upgrade.fallback),
    ...metaKey('0x07', upgrade.staged),
    ...metaKey('0x08', upgrade.staged === undefined ? undefined : '{"Pull":true,"Upgrade":true}'),
    content(types.bootId, 'boot-id', BootIDSpecSchema, { bootId: id }, { bootID: id }),
    ...(rebootRequested ? [content(types.rebootRequest, 'reboot-request', RebootRequestSpecSchema, {}, {})] : []),
  ];
}

function metaKey(id: string, value: string | undefined): readonly ResourceContent[] {
  return value === undefined ? [] : [content(types.metaKey, id, MetaKeySpecSchema, { value }, { value })];
}

/** Random on real machines. */
function bootId({ name, boots }: NodeState): string {
  const hex = createHash('sha256').update(`boot ${boots} of ${name}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

/** As they lie in the image; the Image Factory adds one that names the schematic. */
function extensionsOf({ extensions, schematic }: NodeState): readonly Extension[] {
  return schematic === '' ? extensions : [...extensions, { name: 'schematic', version: schematic }];
}

function extensionStatus({ name, version }: Extension, index: number): ResourceContent {
  const image = `${String(index).padStart(3, '0')}.ghcr.io-siderolabs-${name}-${version}`;
  const spec = { image: `${image}.sqsh`, metadata: { name, version } };
  return content(types.extension, image, ExtensionStatusSpecSchema, spec, spec);
}
