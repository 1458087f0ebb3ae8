import { etcdServes } from '../model/etcd.ts';
import { findNode } from '../model/state.ts';
import type { KubernetesUsers } from '../pki/kubernetes-users.ts';
import type { World } from '../world.ts';
import { authenticate, forbidden, forbiddenPath, mayDiscover, mayRead, unauthorized } from './access.ts';
import { failed, type HttpAnswer, json, text } from './answers.ts';
import { listJson } from './lists.ts';
import { objectJson } from './objects/stored.ts';
import type { KubernetesObjects } from './objects.ts';
import { answerProbe, isProbe } from './probes.ts';
import type { ApiRequest, ApiResponse } from './request.ts';
import { discovery, type ResourcePath, resourcePath } from './routes.ts';
import { SelectorError } from './selectors.ts';
import { serveWatch } from './watch.ts';

/** What an API server works with. */
export interface ApiServerParts {
  readonly world: World;
  readonly objects: KubernetesObjects;
  readonly users: KubernetesUsers;
  /** The control plane that it runs on. */
  readonly name: string;
}

/** Timeout of kube-apiserver for etcd, in milliseconds. */
const etcdTimeout = 7000;

/** Authenticates, authorizes and answers a request. */
export async function serve(parts: ApiServerParts, request: ApiRequest, response: ApiResponse): Promise<void> {
  const { world, objects } = parts;
  const resource = resourcePath(request.path);
  const refused = refusal(parts, request, resource);
  if (refused !== undefined) return send(response, refused);
  if (resource === undefined) return send(response, answerPath(parts, request));
  try {
    if (isWatch(request)) await serveWatch(world, objects, resource, request, response);
    else send(response, await answerResource(parts, request, resource));
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error;
    send(response, failed(400, error.message));
  }
}

function refusal(
  { world, users }: ApiServerParts,
  { path, query, method, credentials }: ApiRequest,
  resource: ResourcePath | undefined,
): HttpAnswer | undefined {
  const { kubernetes, scenario } = world.state;
  const client = authenticate(kubernetes, users, credentials, world.clock.now());
  if (client === undefined || (!mayDiscover(client) && !scenario.anonymousProbes)) return unauthorized;
  if (resource !== undefined && !mayRead(kubernetes, client)) {
    const many = query.get('watch') === 'true' ? 'watch' : 'list';
    return forbidden(client, resource.name === undefined ? many : 'get', resource);
  }
  const open = isProbe(path) || (mayDiscover(client) && path in discovery);
  if (resource === undefined && !open && !mayRead(kubernetes, client)) return forbiddenPath(client, path);
  if (method !== 'GET') return failed(405, 'the server does not allow this method on the requested resource');
  return undefined;
}

function answerPath({ world, name }: ApiServerParts, { path, query }: ApiRequest): HttpAnswer {
  if (isProbe(path)) return answerProbe(world.state, world.node(name), path, query);
  return path in discovery ? json(200, discovery[path]) : text(404, '404 page not found\n');
}

async function answerResource(
  { world, objects, name }: ApiServerParts,
  { query, signal }: ApiRequest,
  path: ResourcePath,
): Promise<HttpAnswer> {
  // version 0 asks for what the API server remembers; the rest is read from etcd
  if (query.get('resourceVersion') !== '0') {
    const serves = () => etcdServes(world.state, findNode(world.state, name));
    await Promise.race([world.until(serves, signal), world.sleep(etcdTimeout, signal)]);
    if (!serves()) return failed(500, 'etcdserver: request timed out');
  }
  const { store } = objects;
  if (path.name === undefined) return json(200, listJson(store, path, query));
  const found = store.list(path.kind).find(({ content }) => content.name === path.name);
  if (found !== undefined) return json(200, objectJson(found, false));
  const { group } = path.kind;
  const details = { name: path.name, ...(group === '' ? {} : { group }), kind: path.kind.plural };
  const type = group === '' ? path.kind.plural : `${path.kind.plural}.${group}`;
  return failed(404, `${type} ${JSON.stringify(path.name)} not found`, details);
}

function isWatch({ query }: ApiRequest): boolean {
  return ['true', '1'].includes(query.get('watch') ?? '');
}

function send(response: ApiResponse, { status, type, body }: HttpAnswer): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
