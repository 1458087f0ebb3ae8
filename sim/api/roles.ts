import { StatusError } from '../status.ts';

const admin = ['os:admin'];
const readers = ['os:admin', 'os:operator', 'os:reader'];
const etcdReaders = [...readers, 'os:etcd:backup'];

/** The roles that each method requires. Methods that are not listed require os:admin. */
const rules: Readonly<Record<string, readonly string[]>> = {
  '/machine.MachineService/Version': readers,
  '/machine.MachineService/ServiceList': readers,
  '/machine.MachineService/Memory': readers,
  '/machine.MachineService/Mounts': readers,
  '/machine.MachineService/SystemStat': readers,
  '/time.TimeService/Time': readers,
  '/machine.MachineService/EtcdMemberList': etcdReaders,
  '/machine.MachineService/EtcdStatus': etcdReaders,
  '/machine.MachineService/EtcdAlarmList': etcdReaders,
  '/machine.MachineService/Logs': readers,
  '/machine.MachineService/Kubeconfig': admin,
  '/cosi.resource.State/Get': readers,
  '/cosi.resource.State/List': readers,
  '/cosi.resource.State/Watch': readers,
  '/cluster.ClusterService/HealthCheck': readers,
};

export function authorize(path: string, roles: ReadonlySet<string>): void {
  if (!(rules[path] ?? admin).some((role) => roles.has(role))) throw notAuthorized();
}

export function notAuthorized(): StatusError {
  return new StatusError('PERMISSION_DENIED', 'not authorized');
}

/** The roles are the organizations of the certificate, where they look like roles. */
export function rolesOf(organizations: string | readonly string[] | undefined): ReadonlySet<string> {
  const all = typeof organizations === 'string' ? [organizations] : (organizations ?? []);
  return new Set(all.filter((organization) => organization.startsWith('os:')));
}
