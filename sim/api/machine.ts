import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import {
  EtcdMemberAlarm_AlarmType,
  MachineService,
  type MountStatSchema,
  type ServiceInfoSchema,
} from '../gen/machine/machine_pb.ts';
import { alarmList, memberList, memberStatus } from '../model/etcd.ts';
import type { ServiceRecord } from '../model/history.ts';
import type { NodeState } from '../model/node-state.ts';
import { findNode, talosVersionOf } from '../model/state.ts';
import { type Endpoint, implement } from '../node/endpoint.ts';
import type { Records } from '../records.ts';
import { StatusError } from '../status.ts';
import type { World } from '../world.ts';
import { etcdValue } from './answers.ts';
import { logLines } from './logs.ts';

const { method } = MachineService;

const minute = 60_000;
/** How long before the cluster the machines booted first; each further boot is a minute later. In milliseconds. */
const firstBoot = 60 * minute;

/** `machine.MachineService`, as far as the gate and talosctl's readers use it. `kubeconfig` makes the packed file. */
export function machineService(world: World, records: Records, kubeconfig: () => Uint8Array): readonly Endpoint[] {
  return [
    implement(method.version, async function* (name) {
      const node = world.node(name);
      const { platform } = world.state.scenario;
      yield {
        messages: [
          {
            version: {
              tag: talosVersionOf(world.state, node),
              sha: '1234567',
              goVersion: 'go1.26.0',
              os: 'linux',
              arch: 'amd64',
            },
            platform: { name: platform.name, mode: platform.mode },
            // without a configuration there is no access control either
            ...(node.presence === 'maintenance' ? {} : { features: { rbac: true } }),
          },
        ],
      };
    }),
    implement(method.serviceList, async function* (name) {
      yield { messages: [{ services: records.services(name).map(serviceInfo) }] };
    }),
    implement(method.memory, async function* (name) {
      yield { messages: [{ meminfo: { memtotal: BigInt(world.node(name).memoryMiB * 1024) } }] };
    }),
    implement(method.mounts, async function* (name) {
      yield { messages: [{ stats: mounts(world.node(name)) }] };
    }),
    implement(method.systemStat, async function* (name) {
      const since = world.startedAt - firstBoot + (world.node(name).boots - 1) * minute;
      yield { messages: [{ bootTime: BigInt(Math.floor(since / 1000)) }] };
    }),
    implement(method.logs, async function* (name, request) {
      const record = records.services(name).find(({ id }) => id === request.id);
      if (record === undefined) throw new StatusError('UNKNOWN', `log "${request.id}" was not registered`);
      const lines = logLines(record);
      const wanted = request.tailLines > 0 ? lines.slice(-request.tailLines) : lines;
      yield { bytes: Buffer.from(wanted.map((line) => `${line}\n`).join('')) };
    }),
    implement(method.kubeconfig, async function* (name) {
      if (world.node(name).role === 'worker') {
        throw new StatusError('UNIMPLEMENTED', 'kubeconfig is only available on control plane nodes');
      }
      if (!world.state.scenario.kubernetes) {
        throw new StatusError('FAILED_PRECONDITION', 'k8s API server CA config is not set');
      }
      yield { bytes: kubeconfig() };
    }),
    ...etcdMethods(world),
  ];
}

const MiB = 1024 * 1024;

/** The read-only image of Talos is always full. */
function mounts({ ephemeral, equipment }: NodeState): MessageInitShape<typeof MountStatSchema>[] {
  const size = ephemeral.sizeMiB * MiB;
  return [
    { filesystem: 'overlay', size: BigInt(80 * MiB), available: 0n, mountedOn: '/' },
    { filesystem: 'proc', mountedOn: '/proc' },
    ...Object.entries(equipment.used).map(([path, percent], index) => ({
      filesystem: `/dev/sd${'abcdef'[index]}4`,
      size: BigInt(size),
      available: BigInt(Math.floor((size * (100 - percent)) / 100)),
      mountedOn: path,
    })),
  ];
}

function etcdMethods(world: World): readonly Endpoint[] {
  return [
    implement(method.etcdMemberList, async function* (name, _request, caller) {
      const members = await etcdValue(world, caller, (state) => memberList(state, findNode(state, name)));
      yield {
        messages: [
          {
            legacyMembers: members.map(({ hostname }) => hostname),
            members: members.map(({ id, hostname, address, learner, unstarted = false }) => ({
              id,
              hostname,
              peerUrls: [`https://${address}:2380`],
              clientUrls: unstarted ? [] : [`https://${address}:2379`],
              isLearner: learner,
            })),
          },
        ],
      };
    }),
    implement(method.etcdStatus, async function* (name, _request, caller) {
      const status = await etcdValue(world, caller, (state) => memberStatus(state, findNode(state, name)));
      yield {
        messages: [
          {
            memberStatus: {
              memberId: status.memberId,
              leader: status.leader,
              isLearner: status.learner,
              errors: [...status.errors],
              raftTerm: BigInt(status.term),
              raftIndex: BigInt(status.raftIndex),
              raftAppliedIndex: BigInt(status.raftIndex),
              protocolVersion: status.version,
              storageVersion: status.storageVersion,
              dbSize: BigInt(status.size),
              dbSizeInUse: BigInt(status.inUse),
            },
          },
        ],
      };
    }),
    implement(method.etcdAlarmList, async function* (name, _request, caller) {
      const alarms = await etcdValue(world, caller, (state) => alarmList(state, findNode(state, name)));
      const memberAlarms = alarms.map(({ memberId, alarm }) => ({ memberId, alarm: EtcdMemberAlarm_AlarmType[alarm] }));
      yield { messages: [{ memberAlarms }] };
    }),
  ];
}

function healthMessage({ state, health, message, restarting }: ServiceRecord): string {
  if (health !== 'unhealthy') return '';
  return restarting !== undefined ? 'service not running' : state === 'Running' ? message : '';
}

function serviceInfo(record: ServiceRecord): MessageInitShape<typeof ServiceInfoSchema> {
  return {
    id: record.id,
    state: record.state,
    events: {
      events: record.events.map(({ message, state, at }) => ({ msg: message, state, ts: timestampFromMs(at) })),
    },
    health: {
      unknown: record.health === 'unknown',
      healthy: record.health === 'healthy',
      lastMessage: healthMessage(record),
      // before the first check Talos sends the zero time of Go
      lastChange:
        record.healthChangedAt === undefined ? { seconds: -62_135_596_800n } : timestampFromMs(record.healthChangedAt),
    },
  };
}
