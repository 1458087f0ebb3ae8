import type { NodeSnapshot } from '../../observe/snapshot.ts';
import { compareReleases, formatRelease, releaseOf } from '../../values/release.ts';
import { clusterCheck } from '../define.ts';
import { etcdFacts, withoutEtcd } from '../facts/etcd.ts';
import { hint, pass, skip, warn } from '../outcome.ts';
import { talosctl } from '../text.ts';

/** The versions of one member; those that it does not tell are absent. */
interface Member {
  readonly name: string;
  readonly version: string;
  readonly storage: string | undefined;
}

function membersOf(controlPlanes: readonly NodeSnapshot[]): readonly Member[] {
  return controlPlanes.flatMap(({ node, etcdStatus }): Member[] => {
    const { version, storageVersion } = etcdStatus.ok ? etcdStatus.value : {};
    return version === undefined ? [] : [{ name: node.name, version, storage: storageVersion }];
  });
}

/** `3.6.5 on cp-1, cp-2; 3.5.21 on cp-3`. */
function listed(members: readonly Member[], versionOf: (member: Member) => string): string {
  const groups = Map.groupBy(members, versionOf);
  return [...groups].map(([version, same]) => `${version} on ${same.map(({ name }) => name).join(', ')}`).join('; ');
}

function minorOf(version: string): string {
  const release = releaseOf(version);
  return release === undefined ? version : formatRelease(release);
}

/** The schema of a database follows the oldest version among the members; while they differ, it may be behind the others. */
function troubles(members: readonly Member[]): readonly string[] {
  if (new Set(members.map(({ version }) => minorOf(version))).size > 1) {
    return [`the members run different versions of etcd: ${listed(members, ({ version }) => version)}`];
  }
  const behind = members.filter(({ version, storage = '' }) => {
    const [etcd, schema] = [releaseOf(version), releaseOf(storage)];
    return etcd !== undefined && schema !== undefined && compareReleases(schema, etcd) < 0;
  });
  return behind.length === 0
    ? []
    : [
        `the database is still of an older version than etcd: ${listed(behind, ({ version, storage }) => `storage ${storage} with etcd ${version}`)}`,
      ];
}

export const etcdVersions = clusterCheck({
  id: 'etcd-versions',
  stage: 'etcd',
  severity: 'warn',
  title: 'the members of etcd run one minor version, and their databases are of it',
  explanation:
    'Members of etcd run different minor versions, or a database still has the schema of an older one: an upgrade of the control planes is not complete.',
  requires: [],
  reads: [],
  alsoReads: ['services', 'machineStatus', 'etcdMembers', 'etcdStatus'],
  across: 'controlplane',
  docs: {
    pending: 'never: it only warns',
    warn: 'members differ in the minor version of etcd, as in the middle of an upgrade; or all have the same, and the storage version of one is older (known since Talos 1.11)',
    skip: 'no control plane has an etcd, or no etcd tells its version: `etcd-leader` has the cause',
    talosctl: 'not asked there',
    reports: ['etcd-io/etcd#20967', 'siderolabs/omni#1568'],
    advice: 'Bring all control planes to the same version of Talos, and with it of etcd',
    commands: ['talosctl -n 10.0.0.1,10.0.0.2,10.0.0.3 etcd status', 'talosctl -n 10.0.0.1,10.0.0.2,10.0.0.3 version'],
  },
  unless: withoutEtcd,
  evaluate(_, { snapshot }) {
    const { controlPlanes } = etcdFacts(snapshot);
    const members = membersOf(controlPlanes);
    const found = troubles(members);
    if (members.length === 0) {
      return skip('no etcd tells its version');
    }
    return found.length === 0
      ? pass(`etcd ${listed(members, ({ version }) => version)}`)
      : warn(
          found.join('; '),
          hint(
            'Bring all control planes to the same version of Talos; etcd follows from it, unless its image is set in the machine configuration.',
            talosctl(controlPlanes, 'etcd status'),
            talosctl(controlPlanes, 'version'),
          ),
        );
  },
});
