import type { NodeSnapshot } from '../../observe/snapshot.ts';
import { isNotExposed } from '../../talos/failure.ts';
import type { NamedVolume, RaidArray } from '../../talos/model/storage.ts';
import { nodeCheck } from '../define.ts';
import { isContainer } from '../facts/machine-status.ts';
import { hint, notKnown, pass, pending, skip, warn } from '../outcome.ts';
import { count, talosctl, withReason } from '../text.ts';

/** `disk` judges EPHEMERAL; a machine need not have a medium with an image cache, which `image-cache` judges. */
const isJudgedElsewhere = ({ id }: NamedVolume): boolean => id === 'EPHEMERAL' || id.startsWith('IMAGECACHE');

/** A volume that was taken out of the configuration is closed. */
const isFine = ({ phase }: NamedVolume): boolean => phase === 'ready' || phase === 'closed';

/** While the machine boots, volumes wait for each other; one that failed does not get ready by waiting. */
function isFaulty(volume: NamedVolume, isRunning: boolean): boolean {
  return !isJudgedElsewhere(volume) && (volume.phase === 'failed' || (isRunning && !isFine(volume)));
}

function volumeTroubles({ volumes, machineStatus }: NodeSnapshot): readonly string[] {
  const isRunning = machineStatus.ok && machineStatus.value.stage === 'running';
  const all = volumes.ok ? volumes.value : [];
  return [
    ...all
      .filter((volume) => isFaulty(volume, isRunning))
      .map(({ id, phase, errorMessage }) => withReason(`the volume ${id} is ${phase}`, errorMessage)),
    ...all.flatMap(({ id, failedKeys = [] }) =>
      failedKeys.length === 0
        ? []
        : [
            `${count(failedKeys.length, 'encryption key')} of the volume ${id} could not be stored: ${failedKeys.join(', ')}`,
          ],
    ),
  ];
}

/** Talos calls an array rebuilding whenever it is read as a whole, as for its regular check, which it does not need. */
const isRebuilding = ({ phase, syncAction }: RaidArray): boolean =>
  phase === 'rebuilding' ? !/^(check|repair)$/.test(syncAction) : /^(recover|resync|reshape)$/.test(syncAction);

/** What is wrong with an array; undefined if nothing is, or nothing but that it is being rebuilt. */
function arrayTrouble(array: RaidArray): string | undefined {
  const { id, phase, error, members, raidDevices, arrayState } = array;
  if (phase === 'waiting') {
    return withReason(`the RAID ${id} waits for its disks`, error);
  }
  // While it is rebuilt or checked, the error says that another change waits for that.
  if (phase === 'error' || (error !== '' && phase !== 'rebuilding')) {
    return withReason(`the RAID ${id} has failed`, error);
  }
  if (/^(inactive|clear|broken|degraded|failed)$/.test(arrayState)) {
    return `the RAID ${id} is ${arrayState}`;
  }
  return !isRebuilding(array) && members > 0 && members < raidDevices
    ? `the RAID ${id} is degraded: it has ${members} of ${count(raidDevices, 'disk')}`
    : undefined;
}

function storageTroubles({ storage }: NodeSnapshot): readonly string[] {
  return storage.ok
    ? [
        ...storage.value.arrays.flatMap((array) => arrayTrouble(array) ?? []),
        ...storage.value.problems.map(({ group, message }) => `the volume group ${group}: ${message}`),
      ]
    : [];
}

/** Arrays that lack a disk until they are rebuilt. */
function rebuilding({ storage }: NodeSnapshot): readonly string[] {
  const arrays = storage.ok ? storage.value.arrays : [];
  return arrays
    .filter((array) => isRebuilding(array) && arrayTrouble(array) === undefined)
    .map(({ id }) => `the RAID ${id} is being rebuilt`);
}

export const volumes = nodeCheck({
  id: 'volumes',
  stage: 'readiness',
  scope: 'node',
  title: 'every volume of the machine is ready',
  explanation:
    'A volume of the machine could not be found, unlocked or set up, or a RAID or volume group lacks a disk: what is stored there is gone, or is with the next disk that fails.',
  requires: ['api-reachable'],
  reads: ['volumes'],
  alsoReads: ['storage', 'machineStatus', 'version'],
  docs: {
    pending:
      'a volume other than EPHEMERAL ([`disk`](#disk) judges that) has failed, or is not ready although the machine is running; a key of its encryption could not be stored; a RAID has failed or lacks a disk, or a volume group of LVM does or is not valid (Talos 1.14)',
    warn: 'a RAID is being rebuilt',
    skip: 'Talos runs in a container, or the version of Talos does not expose the volumes to a reader',
    talosctl: 'not asked there: a user volume that cannot be unlocked passes',
    reports: ['siderolabs/talos#13827', 'siderolabs/talos#11288'],
    advice: 'See what Talos says of the volume, and check its disk',
    commands: [
      'talosctl -n 10.0.0.2 get volumestatus',
      'talosctl -n 10.0.0.2 get volumestatus u-data -o yaml',
      'talosctl -n 10.0.0.2 get disks',
    ],
  },
  unless: ({ node }) =>
    isContainer(node) ? skip('Talos runs in a container, whose volumes are directories of the host') : undefined,
  evaluate({ volumes }, { node }) {
    const show = talosctl(node, 'get volumestatus');
    const ofStorage = storageTroubles(node);
    const advice = hint(
      'See what Talos says of it, and check the disk.',
      show,
      ...(ofStorage.length > 0
        ? [talosctl(node, 'get mdarraystatus'), talosctl(node, 'get lvmvolumegroupstatus')]
        : []),
      talosctl(node, 'get disks'),
    );
    const troubles = [...volumeTroubles(node), ...ofStorage];
    if (troubles.length > 0) {
      return pending(troubles.join('; '), advice);
    }
    const { storage } = node;
    if (!storage.ok && !isNotExposed(storage.error)) {
      return notKnown(
        `the state of RAID and LVM could not be read: ${storage.error.message}`,
        hint('See what the node says of them.', talosctl(node, 'get mdarraystatus')),
      );
    }
    const waiting = rebuilding(node);
    return waiting.length > 0
      ? warn(
          waiting.join('; '),
          hint('A disk that fails now costs the data: wait.', talosctl(node, 'get mdarraystatus')),
        )
      : pass(count(volumes.length, 'volume'));
  },
});
