import type { Mount } from '../../talos/model/storage.ts';
import { formatBytes } from '../../values/bytes.ts';
import { nodeCheck } from '../define.ts';
import { isContainer } from '../facts/machine-status.ts';
import { here, hint, pass, pending, skip, warn } from '../outcome.ts';
import { talosctl } from '../text.ts';

/** In percent. The kubelet removes images from 85 % on, and evicts pods from 90 % on. */
const limits = { warn: 85, fail: 95 };

/** In percent of what is not reserved. */
const used = ({ size, available }: Mount): number => 100 * (1 - available / size);

const text = (mount: Mount): string =>
  `${mount.path} is ${Math.floor(used(mount))} % full, ${formatBytes(mount.available)} left`;

/** Memory, and a medium that is read only, which is full from the start. */
const isNoDisk = ({ source }: Mount): boolean => /^(tmpfs|overlay|\/dev\/(sr|loop)\d+)$/.test(source);

/** A directory of another volume is no file system of its own. */
function distinct(mounts: readonly Mount[]): readonly Mount[] {
  return [
    ...new Map(
      mounts
        .filter((mount) => !isNoDisk(mount))
        .toSorted((one, other) => other.path.length - one.path.length)
        .map((mount) => [`${mount.source} ${mount.size}`, mount]),
    ).values(),
  ];
}

export const diskUsage = nodeCheck({
  id: 'disk-usage',
  stage: 'readiness',
  scope: 'node',
  title: 'no volume is full',
  explanation:
    'The volume of /var or a user volume is almost full: the kubelet removes images and evicts pods, and etcd stops when it cannot write.',
  requires: ['api-reachable'],
  reads: ['mounts'],
  alsoReads: ['version'],
  docs: {
    pending:
      'the file system of /var, of a user volume (/var/mnt/…) or of another disk that is mounted below /var, other than for pods, is more than 95 % full',
    warn: 'it is more than 85 % full',
    skip: 'Talos runs in a container, whose disk is that of the host, or the version of Talos does not expose the file systems to a reader',
    explainedBy: ['disk'],
    talosctl: 'not asked there: only the size of the disk is',
    reports: ['siderolabs/talos#11752'],
    advice: 'Find out what fills the volume, and free some of it or give the machine a larger disk',
    commands: ['talosctl -n 10.0.0.2 mounts', 'talosctl -n 10.0.0.2 usage -H -d 3 /var'],
  },
  unless: ({ node }) =>
    isContainer(node) ? skip('Talos runs in a container, whose disk is that of the host') : undefined,
  unread: ({ node }) => ({
    hint: hint(
      'Talos asks each file system in turn, those of pods too: one that does not answer, such as an NFS server that is gone, holds it up.',
      talosctl(node, 'mounts'),
      talosctl(node, 'dmesg'),
    ),
  }),
  evaluate({ mounts }, { node }) {
    const all = distinct(mounts).toSorted((one, other) => used(other) - used(one));
    const [fullest] = all;
    if (fullest === undefined) {
      return skip('no file system of /var is mounted');
    }
    const full = all.filter((mount) => used(mount) > limits.warn);
    if (full.length === 0) {
      return pass(text(fullest));
    }
    const advice = hint(
      `Find out what fills ${full.map(({ path }) => path).join(' and ')}, and free some of it.`,
      talosctl(node, 'mounts'),
      talosctl(node, 'usage -H -d 3 /var'),
    );
    const words = full.map(text).join('; ');
    // A volume that is too small is full sooner or later.
    const causes = full.every(({ path }) => path === '/var') ? here('disk') : [];
    return used(fullest) > limits.fail ? pending(words, advice, causes) : warn(words, advice, causes);
  },
});
