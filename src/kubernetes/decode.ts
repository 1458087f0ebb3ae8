/**
 * Decodes untrusted responses. Fields that decide a verdict are required, and a
 * response without them is invalid; fields that only explain, such as a reason,
 * default to empty. Every function throws {Error} if the response is invalid.
 */

import type { Condition, Container, KubernetesNode, KubernetesPod, Workload } from './model.ts';

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** The continue token of the next page; empty on the last page. */
  readonly next: string;
  readonly resourceVersion: string;
}

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function fields(value: unknown, what: string): Fields {
  if (!isFields(value)) {
    throw new Error(`${what} is no object`);
  }
  return value;
}

/** An optional object; empty if it is absent. */
export function optional(value: unknown, what: string): Fields {
  return value === undefined || value === null ? {} : fields(value, what);
}

export function array(value: unknown, what: string): readonly unknown[] {
  if (value === undefined || value === null) {
    return [];
  }
  if (!Array.isArray(value)) {
    throw new Error(`${what} is no list`);
  }
  return value;
}

export function name(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '') {
    throw new Error(`${what} is no name`);
  }
  return value;
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function flag(value: unknown, what: string): boolean {
  if (value !== undefined && value !== null && typeof value !== 'boolean') {
    throw new Error(`${what} is neither true nor false`);
  }
  return value === true;
}

export function amount(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new Error(`${what} is no number of pods`);
  }
  return value;
}

/** @param item decodes one item; its errors are prefixed with the name of the item */
export function decodePage<T>(json: unknown, item: (value: Fields) => T): Page<T> {
  const list = fields(json, 'the answer');
  if (!Array.isArray(list['items'])) {
    throw new Error('the answer has no list of items');
  }
  const metadata = optional(list['metadata'], 'metadata');
  return {
    items: list['items'].map((value, index) => item(fields(value, `item ${index + 1}`))),
    next: text(metadata['continue']),
    resourceVersion: text(metadata['resourceVersion']),
  };
}

function decodeConditions(status: Fields, whose: string): readonly Condition[] {
  return array(status['conditions'], `conditions of ${whose}`).map((value) => {
    const condition = fields(value, `a condition of ${whose}`);
    return {
      type: name(condition['type'], `the type of a condition of ${whose}`),
      status: text(condition['status']),
      reason: text(condition['reason']),
      message: text(condition['message']),
    };
  });
}

const controlPlaneLabel = 'node-role.kubernetes.io/control-plane';

export function decodeNode(value: Fields): KubernetesNode {
  const metadata = fields(value['metadata'], 'metadata of a node');
  const own = name(metadata['name'], 'the name of a node');
  const status = optional(value['status'], `status of node ${own}`);
  const spec = optional(value['spec'], `spec of node ${own}`);
  const addresses = array(status['addresses'], `addresses of node ${own}`).map((address) =>
    text(fields(address, `an address of node ${own}`)['address']),
  );
  return {
    name: own,
    addresses: addresses.filter((address) => address !== ''),
    controlPlane: Object.hasOwn(optional(metadata['labels'], `labels of node ${own}`), controlPlaneLabel),
    kubeletVersion: text(optional(status['nodeInfo'], `nodeInfo of node ${own}`)['kubeletVersion']),
    unschedulable: flag(spec['unschedulable'], `unschedulable of node ${own}`),
    conditions: decodeConditions(status, `node ${own}`),
  };
}

const states = ['waiting', 'running', 'terminated'] as const;

function decodeContainer(value: unknown, pod: string): Container {
  const container = fields(value, `a container of pod ${pod}`);
  const state = optional(container['state'], `the state of a container of pod ${pod}`);
  const now = states.find((one) => isFields(state[one]));
  return {
    name: text(container['name']),
    state: now ?? 'unknown',
    reason: now === undefined ? '' : text(optional(state[now], now)['reason']),
  };
}

export function decodePod(value: Fields): KubernetesPod {
  const metadata = fields(value['metadata'], 'metadata of a pod');
  const own = name(metadata['name'], 'the name of a pod');
  const status = optional(value['status'], `status of pod ${own}`);
  return {
    name: own,
    app: text(optional(metadata['labels'], `labels of pod ${own}`)['k8s-app']),
    node: text(optional(value['spec'], `spec of pod ${own}`)['nodeName']),
    phase: text(status['phase']),
    deleted: text(metadata['deletionTimestamp']) !== '',
    conditions: decodeConditions(status, `pod ${own}`),
    containers: array(status['containerStatuses'], `containers of pod ${own}`).map((one) => decodeContainer(one, own)),
  };
}

/** Whether the controller has observed this generation or a later one; true if the server reports no generation. */
export function isUpToDate(metadata: Fields, status: Fields): boolean {
  const { generation } = metadata;
  const { observedGeneration } = status;
  return typeof generation !== 'number' || (typeof observedGeneration === 'number' && observedGeneration >= generation);
}

export function decodeDaemonSet(value: Fields): Workload {
  const metadata = fields(value['metadata'], 'metadata of a DaemonSet');
  const own = name(metadata['name'], 'the name of a DaemonSet');
  const status = fields(value['status'], `status of DaemonSet ${own}`);
  return {
    name: own,
    wanted: amount(status['desiredNumberScheduled'], `desiredNumberScheduled of DaemonSet ${own}`),
    upToDate: isUpToDate(metadata, status),
  };
}

export function decodeDeployment(value: Fields): Workload {
  const metadata = fields(value['metadata'], 'metadata of a Deployment');
  const own = name(metadata['name'], 'the name of a Deployment');
  const spec = fields(value['spec'], `spec of Deployment ${own}`);
  return {
    name: own,
    wanted: amount(spec['replicas'], `replicas of Deployment ${own}`),
    upToDate: isUpToDate(metadata, optional(value['status'], `status of Deployment ${own}`)),
  };
}
