import { timestampMs } from '@bufbuild/protobuf/wkt';
import type { Metadata } from '../gen/common/common_pb.ts';
import { EtcdMemberAlarm_AlarmType, MachineService } from '../gen/machine/machine_pb.ts';
import { TimeService } from '../gen/time/time_pb.ts';
import { CallError, malformed } from './call-error.ts';
import { classify } from './classify.ts';
import { etcdStatusOf, hex } from './etcd-status.ts';
import { type CallOptions, type Channel, serverStream, unary } from './grpc/call.ts';
import { Status } from './grpc/transport.ts';
import type { EtcdAlarm, EtcdMember, EtcdStatus } from './model/etcd.ts';
import type { NodeTime, Service, VersionInfo } from './model/machine.ts';
import type { Mount } from './model/storage.ts';
import { serviceOf } from './services.ts';

/** The calls of `machine.MachineService` and `time.TimeService` that the gate makes. All are read-only. Every function throws {CallError}. */

interface Message {
  readonly metadata?: Metadata | undefined;
}

/** The one message of a unary response. It is a list because older versions of Talos sent one call to several nodes. */
function single<M extends Message>(messages: readonly M[], channel: Channel): M {
  const [message] = messages;
  if (message === undefined) {
    throw malformed('the answer holds no message', channel.endpoint);
  }
  const error = message.metadata?.status?.message || message.metadata?.error;
  if (error) {
    const code = Status[message.metadata?.status?.code ?? Status.UNKNOWN] ?? 'UNKNOWN';
    throw new CallError(classify({ code, details: error }, channel.endpoint));
  }
  return message;
}

export async function version(channel: Channel, options: CallOptions): Promise<VersionInfo> {
  const answer = single((await unary(channel, MachineService.method.version, {}, options)).messages, channel);
  return {
    tag: answer.version?.tag ?? '',
    platform: answer.platform?.name ?? '',
    mode: answer.platform?.mode ?? '',
  };
}

export async function services(channel: Channel, options: CallOptions): Promise<readonly Service[]> {
  const answer = single((await unary(channel, MachineService.method.serviceList, {}, options)).messages, channel);
  return answer.services.map(serviceOf);
}

/** MemTotal in bytes. */
export async function memory(channel: Channel, options: CallOptions): Promise<number> {
  const answer = single((await unary(channel, MachineService.method.memory, {}, options)).messages, channel);
  if (answer.meminfo === undefined) {
    throw malformed('the answer holds no meminfo', channel.endpoint);
  }
  return Number(answer.meminfo.memtotal) * 1024;
}

/** When the machine booted, by its own clock, in epoch milliseconds. The clock can be corrected later, and this with it. */
export async function bootTime(channel: Channel, options: CallOptions): Promise<number> {
  const { bootTime } = single((await unary(channel, MachineService.method.systemStat, {}, options)).messages, channel);
  if (bootTime === 0n) {
    throw malformed('the answer holds no boot time', channel.endpoint);
  }
  return Number(bootTime) * 1000;
}

export async function mounts(channel: Channel, options: CallOptions): Promise<readonly Mount[]> {
  const { stats } = single((await unary(channel, MachineService.method.mounts, {}, options)).messages, channel);
  return stats.map(({ filesystem, size, available, mountedOn }) => ({
    path: mountedOn,
    source: filesystem,
    size: Number(size),
    available: Number(available),
  }));
}

/** Makes the node ask its first time server. Fails if that does not answer the node. */
export async function time(channel: Channel, options: CallOptions): Promise<NodeTime> {
  const answer = single((await unary(channel, TimeService.method.time, {}, options)).messages, channel);
  const { server, localtime, remotetime } = answer;
  if (localtime === undefined || remotetime === undefined) {
    throw malformed('the answer holds no time', channel.endpoint);
  }
  return { server, local: timestampMs(localtime), remote: timestampMs(remotetime) };
}

function hostOf(url: string): string {
  try {
    return new URL(url).hostname.replace(/^\[|\]$/g, '');
  } catch {
    return url;
  }
}

export async function etcdMembers(channel: Channel, options: CallOptions): Promise<readonly EtcdMember[]> {
  const answer = single((await unary(channel, MachineService.method.etcdMemberList, {}, options)).messages, channel);
  return answer.members.map((member) => ({
    id: hex(member.id),
    hostname: member.hostname,
    peerHosts: member.peerUrls.map(hostOf),
    isLearner: member.isLearner,
  }));
}

export async function etcdStatus(channel: Channel, options: CallOptions): Promise<EtcdStatus> {
  const answer = single((await unary(channel, MachineService.method.etcdStatus, {}, options)).messages, channel);
  if (answer.memberStatus === undefined) {
    throw malformed('the answer holds no member status', channel.endpoint);
  }
  return etcdStatusOf(answer.memberStatus);
}

const alarmNames: Readonly<Record<number, string>> = {
  [EtcdMemberAlarm_AlarmType.NOSPACE]: 'NOSPACE',
  [EtcdMemberAlarm_AlarmType.CORRUPT]: 'CORRUPT',
};

export async function etcdAlarms(channel: Channel, options: CallOptions): Promise<readonly EtcdAlarm[]> {
  const answer = single((await unary(channel, MachineService.method.etcdAlarmList, {}, options)).messages, channel);
  return answer.memberAlarms
    .filter(({ alarm }) => alarm !== EtcdMemberAlarm_AlarmType.NONE)
    .map(({ memberId, alarm }) => ({
      memberId: hex(memberId),
      alarm: alarmNames[alarm] ?? `alarm ${alarm}`,
    }));
}

/** In bytes: a service may write a line that never ends. */
const maxLogSize = 4 * 1024 * 1024;

/** The last lines of the log of a Talos service, unchanged. */
export async function serviceLog(
  channel: Channel,
  id: string,
  lines: number,
  options: CallOptions,
): Promise<readonly string[]> {
  const input = { namespace: 'system', id, tailLines: lines };
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const { metadata, bytes } of serverStream(channel, MachineService.method.logs, input, options)) {
    single([{ metadata }], channel);
    chunks.push(bytes);
    size += bytes.length;
    if (size > maxLogSize) {
      break;
    }
  }
  const text = Buffer.concat(chunks).toString('utf8').trimEnd();
  return text === '' ? [] : text.split(/\r?\n/).slice(-lines);
}

/** In bytes: an archived kubeconfig has a few thousand. */
const maxArchiveSize = 1024 * 1024;

/** The kubeconfig of an admin, as a tar.gz archive. It contains a private key. */
export async function kubeconfigArchive(channel: Channel, options: CallOptions): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const { metadata, bytes } of serverStream(channel, MachineService.method.kubeconfig, {}, options)) {
    single([{ metadata }], channel);
    chunks.push(bytes);
    size += bytes.length;
    if (size > maxArchiveSize) {
      throw malformed(`the kubeconfig was given up: it has more than ${maxArchiveSize} bytes`, channel.endpoint);
    }
  }
  return Buffer.concat(chunks);
}
