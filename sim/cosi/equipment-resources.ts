import { createHash } from 'node:crypto';
import { durationFromMs, timestampFromMs } from '@bufbuild/protobuf/wkt';
import {
  AdjtimeStatusSpecSchema,
  ImageCacheConfigSpecSchema,
  ImageCacheCopyStatus,
  ImageCacheStatus,
  KubespanPeerState,
  LinkStatusSpecSchema,
  LVMValidationErrorSpecSchema,
  LVMVolumeGroupStatusSpecSchema,
  MDArrayPhase,
  MDArrayStatusSpecSchema,
  NetworkStatusSpecSchema,
  OperationalState,
  PeerStatusSpecSchema,
  ProbeStatusSpecSchema,
  SiderolinkStatusSpecSchema,
  TimeStatusSpecSchema,
} from '../gen/talos/resource/definitions/definitions_pb.ts';
import { membersKnownTo } from '../model/discovery.ts';
import { type Equipment, isNetworkReady } from '../model/equipment.ts';
import type { NodeState } from '../model/node-state.ts';
import { type ClusterState, isAlive } from '../model/state.ts';
import { content, type ResourceContent } from './content.ts';
import { types } from './types.ts';

const bondKind = 'bond';
const minute = 60_000;

/** The clock, the network and the disks of a machine, apart from its volumes. */
export function equipmentResources(state: ClusterState, node: NodeState): readonly ResourceContent[] {
  const { equipment } = node;
  const isContainer = state.scenario.platform.mode === 'container';
  return [
    timeStatus(node, isContainer),
    ...(isContainer ? [] : [adjtimeStatus(equipment)]),
    networkStatus(node),
    ...links(equipment),
    ...probes(equipment),
    imageCache(equipment),
    ...kubeSpanPeers(state, node),
    ...siderolink(equipment),
    ...storage(equipment),
  ];
}

/** A container has the clock of its host, and Talos leaves it alone. */
function timeStatus({ unmet, equipment }: NodeState, isContainer: boolean): ResourceContent {
  const synced = !unmet.some(({ name }) => name === 'time');
  const syncDisabled = isContainer || equipment.clock.syncDisabled;
  const spec = { synced, epoch: 0, syncDisabled };
  return content(types.time, 'node', TimeStatusSpecSchema, { ...spec, epoch: 0n }, spec);
}

/** Talos sets the estimated error to 0; the largest one grows until the clock is corrected, to 16 s. */
function adjtimeStatus({ clock }: Equipment): ResourceContent {
  const syncStatus = !clock.syncDisabled && !clock.isUncorrected;
  const [maxErrorMs, estErrorMs] = syncStatus ? [512, 0] : [16_000, clock.syncDisabled ? 16_000 : 0];
  return content(
    types.adjtime,
    'node',
    AdjtimeStatusSpecSchema,
    {
      offset: durationFromMs(0),
      maxError: durationFromMs(maxErrorMs),
      estError: durationFromMs(estErrorMs),
      syncStatus,
    },
    { offset: '0s', maxError: `${maxErrorMs}ms`, estError: `${estErrorMs}ms`, syncStatus },
  );
}

function networkStatus(node: NodeState): ResourceContent {
  const spec = {
    addressReady: isNetworkReady(node, 'addressReady'),
    connectivityReady: isNetworkReady(node, 'connectivityReady'),
    hostnameReady: isNetworkReady(node, 'hostnameReady'),
    etcFilesReady: isNetworkReady(node, 'etcFilesReady'),
  };
  return content(types.network, 'status', NetworkStatusSpecSchema, spec, spec);
}

function links(equipment: Equipment): readonly ResourceContent[] {
  return equipment.links.map(({ name, index, up, bond }) => {
    const port = bond === undefined ? {} : { masterIndex: bond, slaveKind: bondKind };
    const operationalState = up ? OperationalState.OPER_STATE_UP : OperationalState.OPER_STATE_DOWN;
    const spec = { index, kind: '', slaveKind: '', linkState: up, ...port };
    return content(
      types.link,
      name,
      LinkStatusSpecSchema,
      { ...spec, operationalState },
      { ...spec, operationalState: up ? 'up' : 'down' },
    );
  });
}

function probes(equipment: Equipment): readonly ResourceContent[] {
  return equipment.probes.map(({ id, error }) => {
    const spec = { success: error === '', lastError: error };
    return content(types.probe, id, ProbeStatusSpecSchema, spec, spec);
  });
}

const cacheStates = { preparing: ImageCacheStatus.PREPARING, ready: ImageCacheStatus.READY } as const;
const copyStates = {
  skipped: ImageCacheCopyStatus.SKIPPED,
  copying: ImageCacheCopyStatus.PENDING,
  ready: ImageCacheCopyStatus.READY,
} as const;

function imageCache({ imageCache: cache }: Equipment): ResourceContent {
  const copy = cache?.copy ?? 'skipped';
  return content(
    types.imageCache,
    'image-cache',
    ImageCacheConfigSpecSchema,
    {
      status: cache === undefined ? ImageCacheStatus.DISABLED : cacheStates[cache.status],
      copyStatus: copyStates[copy],
    },
    { status: cache?.status ?? 'disabled', copyStatus: copy, roots: [] },
  );
}

/** A machine that is off is down for the others, which takes Talos some minutes to see. */
function kubeSpanPeers(state: ClusterState, node: NodeState): readonly ResourceContent[] {
  const peers = state.kubeSpan ? membersKnownTo(state, node).filter((peer) => peer !== node && !peer.spare) : [];
  return peers.map((peer) => {
    const isUp = isAlive(peer) && !node.equipment.kubeSpanDown.includes(peer.name);
    const handshake = Math.floor(Date.now() / minute - (isUp ? 1 : 60)) * minute;
    return content(
      types.kubeSpanPeer,
      createHash('sha256').update(`key of ${peer.name}`).digest('base64'),
      PeerStatusSpecSchema,
      {
        label: peer.nodename,
        state: isUp ? KubespanPeerState.PEER_STATE_UP : KubespanPeerState.PEER_STATE_DOWN,
        lastHandshakeTime: timestampFromMs(handshake),
      },
      { label: peer.nodename, state: isUp ? 'up' : 'down', lastHandshakeTime: new Date(handshake).toISOString() },
    );
  });
}

function siderolink({ siderolink: status }: Equipment): readonly ResourceContent[] {
  return status === undefined
    ? []
    : [content(types.siderolink, 'siderolink-status', SiderolinkStatusSpecSchema, status, status)];
}

const phases = {
  waiting: MDArrayPhase.MD_ARRAY_PHASE_WAITING,
  rebuilding: MDArrayPhase.MD_ARRAY_PHASE_REBUILDING,
  ready: MDArrayPhase.MD_ARRAY_PHASE_READY,
  error: MDArrayPhase.MD_ARRAY_PHASE_ERROR,
} as const;

function storage({ arrays, volumeGroups, lvmErrors }: Equipment): readonly ResourceContent[] {
  return [
    ...arrays.map(({ id, status, error, members, raidDevices, syncAction }) => {
      const spec = {
        members: Array.from({ length: members }, (_, index) => `/dev/sd${'bcdef'[index]}`),
        error,
        raidDevices,
        arrayState: 'clean',
        syncAction,
      };
      return content(
        types.mdArray,
        id,
        MDArrayStatusSpecSchema,
        { ...spec, raidDevices: BigInt(raidDevices), status: phases[status] },
        { ...spec, status },
      );
    }),
    ...volumeGroups.map(({ name, missingDisks }) => {
      const partial = missingDisks > 0 ? 'partial' : '';
      const missing = String(missingDisks);
      return content(
        types.volumeGroup,
        name,
        LVMVolumeGroupStatusSpecSchema,
        { name, partial, missingPvCount: missing },
        { name, partial, missingPVCount: missing },
      );
    }),
    ...lvmErrors.map(({ id, message }) => {
      const spec = { vgName: id.split('/')[0] ?? '', message };
      return content(types.volumeGroupError, id, LVMValidationErrorSpecSchema, spec, spec);
    }),
  ];
}
