import {
  BootIDSpecSchema,
  ExtensionStatusSpecSchema,
  ImageFactorySchematicSpecSchema,
  MetaKeySpecSchema,
  RebootRequestSpecSchema,
} from '../../gen/talos/resource/definitions/definitions_pb.ts';
import type { Extension } from '../model/upgrade.ts';
import { isJsonObject, text } from './pod.ts';
import { resourceType } from './type.ts';

/** A key of the META partition, as hexadecimal, and its value. */
interface MetaKey {
  readonly id: string;
  readonly value: string;
}

export const metaKeys = resourceType<typeof MetaKeySpecSchema, MetaKey>(
  'runtime',
  'MetaKeys.runtime.talos.dev',
  MetaKeySpecSchema,
  ({ value }, id) => ({ id, value }),
  ({ value }) => ({ value: typeof value === 'string' ? value : '' }),
);

/** The kernel's random id of this boot. The id of the resource is `boot-id`. */
export const bootIds = resourceType<typeof BootIDSpecSchema, string>(
  'runtime',
  'BootIDs.runtime.talos.dev',
  BootIDSpecSchema,
  ({ bootId }) => bootId,
  (document) => ({ bootId: text(document['bootID']) }),
);

/** Exists from the moment at which a reboot is due. */
export const rebootRequests = resourceType<typeof RebootRequestSpecSchema, true>(
  'runtime',
  'RebootRequests.runtime.talos.dev',
  RebootRequestSpecSchema,
  () => true,
);

/** The id of the Image Factory's schematic. The id of the resource is `image-factory-schematic`. */
export const imageFactorySchematics = resourceType<typeof ImageFactorySchematicSpecSchema, string>(
  'runtime',
  'ImageFactorySchematics.runtime.talos.dev',
  ImageFactorySchematicSpecSchema,
  ({ schematicId }) => schematicId,
);

export const extensionStatuses = resourceType<typeof ExtensionStatusSpecSchema, Extension>(
  'runtime',
  'ExtensionStatuses.runtime.talos.dev',
  ExtensionStatusSpecSchema,
  ({ metadata }) => ({ name: metadata?.name ?? '', version: metadata?.version ?? '' }),
  ({ metadata }) => {
    const { name, version } = isJsonObject(metadata) ? metadata : {};
    // A version such as 1.0 is a number in YAML.
    return { metadata: { name: text(name), version: typeof version === 'number' ? String(version) : text(version) } };
  },
);

/** The Image Factory's own extension: its version is the id of the schematic. */
export const isSchematic = ({ name }: Extension): boolean => name === 'schematic';
