import { bootTime } from '../../talos/api.ts';
import { CallError } from '../../talos/call-error.ts';
import { isNotExposed } from '../../talos/failure.ts';
import type { Boot, Extension, UpgradeState } from '../../talos/model/upgrade.ts';
import { getResource, listResources } from '../../talos/resources/api.ts';
import {
  bootIds,
  extensionStatuses,
  imageFactorySchematics,
  isSchematic,
  metaKeys,
  rebootRequests,
} from '../../talos/resources/upgrade.ts';
import type { Call } from '../request.ts';
import { type FacetDefinition, get, implied, list, perBoot } from './definition.ts';
import type { Facet } from './facet.ts';

/** The keys of META that concern an upgrade, as Talos names them. The other keys are not kept: they may hold secrets. */
const keys = { fallback: '0x06', stagedImage: '0x07', stagedOptions: '0x08' } as const;

const readUpgradeState: Call<UpgradeState> = async (channel, options) => {
  const values = new Map((await listResources(channel, metaKeys, options)).map(({ id, value }) => [id, value]));
  const fallback = values.get(keys.fallback) ?? '';
  const isStaged = values.has(keys.stagedImage) || values.has(keys.stagedOptions);
  return { ...(fallback !== '' && { fallback }), ...(isStaged && { staged: values.get(keys.stagedImage) ?? '' }) };
};

const readBoot: Call<Boot> = async (channel, options) => {
  try {
    return { id: await getResource(channel, bootIds, 'boot-id', options) };
  } catch (error) {
    // Talos before 1.14, and in containers.
    if (error instanceof CallError && isNotExposed(error.failure)) {
      return { at: await bootTime(channel, options) };
    }
    throw error;
  }
};

/** The schematic, if the list of extensions has the one that the Image Factory adds: its version is the id. */
function schematicAmong(extensions: Facet<readonly Extension[]>): Facet<string> | undefined {
  const found = extensions.ok ? extensions.value.find(isSchematic) : undefined;
  return found === undefined ? undefined : { ok: true, value: found.version, at: extensions.at };
}

/** The image that runs, and the one that is to run. */
export const upgradeFacets = {
  upgrade: {
    what: 'the state of an upgrade',
    mayBeRefused: true,
    optional: true,
    source: `\`${metaKeys.type}\``,
    read: readUpgradeState,
    watch: metaKeys,
  },
  rebootRequest: {
    what: 'whether a reboot is due',
    since: '1.14',
    mayBeRefused: true,
    optional: true,
    ...list(rebootRequests),
  },
  boot: {
    what: 'which boot this is',
    source: `\`${bootIds.type}\`, before Talos 1.14 \`MachineService.SystemStat\``,
    read: readBoot,
    mayBeRefused: true,
    optional: true,
  },
  extensions: {
    what: 'the system extensions',
    mayBeRefused: true,
    optional: true,
    ...perBoot(list(extensionStatuses)),
  },
  /** Newer versions of Talos have a resource for what the list of extensions says, too. */
  schematic: {
    what: 'the schematic of the image',
    since: '1.14',
    mayBeRefused: true,
    optional: true,
    ...perBoot(get(imageFactorySchematics, 'image-factory-schematic')),
    implied: implied('extensions', (extensions: Facet<readonly Extension[]>) => schematicAmong(extensions)),
  },
} as const satisfies Readonly<Record<string, FacetDefinition>>;
