import type { Service } from './services.ts';

/** What `talosctl service` lists under EVENTS. */
interface ServiceEvent {
  readonly state: string;
  readonly message: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface ServiceRecord extends Service {
  readonly events: readonly ServiceEvent[];
  /** When the health last changed, epoch milliseconds; absent before the first check. */
  readonly healthChangedAt?: number;
}

/** Number of events that Talos keeps per service. */
const keptEvents = 64;

/** The services with their past: what is new becomes an event. */
export function recordServices(
  past: readonly ServiceRecord[],
  present: readonly Service[],
  now: number,
): readonly ServiceRecord[] {
  return present.map((service) => {
    const known = past.find((record) => record.id === service.id);
    if (known !== undefined && isSame(known, service)) return known;
    const fresh = eventsBetween(known, service);
    // steps of one moment still have an order
    const events = fresh.map((event, index) => ({ ...event, at: now - (fresh.length - 1 - index) * 10 }));
    const changed = service.health !== 'unknown' && (known === undefined || known.health !== service.health);
    const healthChangedAt = changed ? now : service.health === 'unknown' ? undefined : known?.healthChangedAt;
    return {
      ...service,
      events: [...(known?.events ?? []), ...events].slice(-keptEvents),
      ...(healthChangedAt === undefined ? {} : { healthChangedAt }),
    };
  });
}

function isSame(known: Service, service: Service): boolean {
  return known.state === service.state && known.health === service.health && known.message === service.message;
}

type Step = Omit<ServiceEvent, 'at'>;

const startUp: readonly string[] = ['Starting', 'Waiting', 'Preparing', 'Running'];

function eventsBetween(known: Service | undefined, service: Service): readonly Step[] {
  return [...stateEvents(known, service), ...healthEvents(known, service)];
}

function stateEvents(known: Service | undefined, service: Service): readonly Step[] {
  if (known?.state === service.state) return [];
  if (service.restarting !== undefined && known !== undefined) return restartEvents(service);
  const target = startUp.indexOf(service.state);
  if (target < 0) return [{ state: service.state, message: service.message }];
  const from = startUp.indexOf(known?.state ?? '');
  // whoever ended begins again from the beginning
  return startUp.slice(from < target ? from + 1 : 0, target + 1).flatMap((state) => stepEvents(service, state));
}

function stepEvents(service: Service, state: string): readonly Step[] {
  switch (state) {
    case 'Starting':
      return [{ state, message: 'Starting service' }];
    case 'Waiting':
      return [{ state, message: service.state === 'Waiting' ? service.message : waitingFor(service.id) }];
    case 'Preparing': {
      const pre = { state, message: 'Running pre state' };
      return service.state === 'Preparing' ? [pre] : [pre, { state, message: 'Creating service runner' }];
    }
    default:
      return [{ state, message: startedMessage(service.id) }];
  }
}

/** The runner starts the service again without going through the conditions. */
function restartEvents({ id, state, message }: Service): readonly Step[] {
  return [{ state, message: state === 'Running' ? startedMessage(id) : message }];
}

function healthEvents(known: Service | undefined, service: Service): readonly Step[] {
  if (service.restarting !== undefined) return [];
  if (service.state !== 'Running' || service.health === 'unknown') return [];
  const unchanged = known?.state === 'Running' && known.health === service.health && known.message === service.message;
  if (unchanged) return [];
  const message = service.health === 'healthy' ? 'Health check successful' : `Health check failed: ${service.message}`;
  return [{ state: 'Running', message }];
}

/** What Talos names while a service waits for its conditions. */
export function waitingFor(id: string): string {
  switch (id) {
    case 'apid':
      return 'Waiting for service "containerd" to be "up", api certificates, config to be ready';
    case 'trustd':
      return 'Waiting for service "containerd" to be "up", time sync, network';
    case 'etcd':
      return 'Waiting for volumes /var/lib, ETCD to be mounted, service "cri" to be "up", time sync, network, etcd spec';
    case 'kubelet':
      return 'Waiting for service "cri" to be "up", time sync, network';
    case 'cri':
      return 'Waiting for volumes /var/lib, CRI to be mounted, network';
    default:
      return 'Waiting for service "containerd" to be "up"';
  }
}

function startedMessage(id: string): string {
  switch (id) {
    case 'machined':
      return 'Service started as goroutine';
    case 'sandboxd':
      return `sandboxd started with PID ${pid(id)}`;
    case 'containerd':
    case 'cri':
      return `Process Process(["/bin/containerd"]) started with PID ${pid(id)}`;
    default:
      return `Started task ${id} (PID ${pid(id)}) for container ${id}`;
  }
}

/** Any stable number. */
function pid(id: string): number {
  return 1000 + [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
}
