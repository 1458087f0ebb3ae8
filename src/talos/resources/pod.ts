import type { JsonObject, JsonValue } from '@bufbuild/protobuf';

/** A string, or `''`: Kubernetes omits empty fields. */
export const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');

function objects(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** Narrows a value of YAML or a Struct. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The image of the first container of a PodSpec; `''` if there is none. */
export function firstImage(spec: JsonObject): string {
  return text(objects(spec['containers'])[0]?.['image']);
}

/** The port of a kube-apiserver: `--secure-port` of the first container of its PodSpec. */
export function securePort(spec: JsonObject): number | undefined {
  const [container] = objects(spec['containers']);
  const words = [container?.['command'], container?.['args']].flatMap((list) => (Array.isArray(list) ? list : []));
  const digits = words.map((word) => /^--secure-port=(\d+)$/.exec(text(word))?.[1]).find((port) => port !== undefined);
  return digits === undefined ? undefined : Number(digits);
}

/** Whether the first container of a PodSpec has a readiness probe. */
export function hasReadinessProbe(spec: JsonObject): boolean {
  return isJsonObject(objects(spec['containers'])[0]?.['readinessProbe']);
}

function object(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** Whether the condition `Ready` of a PodStatus is true. */
export function readyCondition(status: JsonObject): boolean {
  return objects(status['conditions']).some((c) => c['type'] === 'Ready' && c['status'] === 'True');
}

const join = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(': ');

function containerReason(container: JsonObject): string {
  const state = object(container['state']);
  for (const name of ['waiting', 'terminated']) {
    const detail = object(state[name]);
    if (text(detail['reason']) !== '') {
      return join(text(detail['reason']), text(detail['message']));
    }
  }
  return '';
}

/**
 * The most specific reason why a pod is not ready: of a container, otherwise of the
 * pod, otherwise of a condition. `''` if there is none.
 */
export function podReason(status: JsonObject): string {
  const containers = [...objects(status['initContainerStatuses']), ...objects(status['containerStatuses'])];
  const fromContainer = containers.map(containerReason).find((reason) => reason !== '');
  if (fromContainer !== undefined) {
    return fromContainer;
  }
  const own = join(text(status['reason']), text(status['message']));
  if (own !== '') {
    return own;
  }
  const unmet = objects(status['conditions']).find((c) => c['status'] !== 'True' && text(c['reason']) !== '');
  return unmet === undefined ? '' : join(text(unmet['reason']), text(unmet['message']));
}
