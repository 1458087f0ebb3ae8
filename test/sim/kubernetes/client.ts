import { once } from 'node:events';
import { type RequestOptions, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { load } from 'js-yaml';

/** Objects of Kubernetes, as far as these tests look at them. */
export interface Seen {
  readonly kind?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly code?: number;
  readonly details?: unknown;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion: string;
    readonly creationTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
  readonly spec?: {
    readonly nodeName?: string;
    readonly unschedulable?: boolean;
    readonly replicas?: number;
    readonly taints?: readonly unknown[];
  };
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
      readonly lastTransitionTime?: string;
    }[];
    readonly [field: string]: unknown;
  };
  readonly items?: readonly Seen[];
}

export interface Event {
  readonly type: string;
  readonly object: Seen;
}

/** What a kubeconfig says, in the words of Node. */
export function optionsOf(kubeconfig: string): { server: string } & RequestOptions {
  const { clusters, users } = JSON.parse(JSON.stringify(load(kubeconfig)));
  const { cluster } = clusters[0];
  const { user } = users[0];
  const decode = (data: string | undefined) => (data === undefined ? undefined : Buffer.from(data, 'base64'));
  return {
    server: cluster.server,
    ca: decode(cluster['certificate-authority-data']),
    cert: decode(user['client-certificate-data']),
    key: decode(user['client-key-data']),
    headers: user.token === undefined ? {} : { authorization: `Bearer ${user.token}` },
    agent: false,
  };
}

/** Status and body of the answer to a GET. */
export async function ask(kubeconfig: string, path: string, method = 'GET'): Promise<{ status: number; body: string }> {
  const { server, ...options } = optionsOf(kubeconfig);
  const asked = request(`${server}${path}`, { ...options, method }).end();
  const [response] = await once(asked, 'response');
  return { status: response.statusCode, body: await text(response) };
}

export async function get(kubeconfig: string, path: string): Promise<Seen> {
  const { body } = await ask(kubeconfig, path);
  return JSON.parse(body);
}

/** Names of what is in a list. */
export async function names(kubeconfig: string, path: string): Promise<readonly string[]> {
  const { items = [] } = await get(kubeconfig, path);
  return items.map(({ metadata }) => metadata.name);
}

/** The events of a watch as they come; leaving the loop ends it. */
export async function* watch(kubeconfig: string, path: string): AsyncGenerator<Event> {
  const { server, ...options } = optionsOf(kubeconfig);
  const asked = request(`${server}${path}`, options).end();
  const [response] = await once(asked, 'response');
  let begun = '';
  for await (const chunk of response.setEncoding('utf8')) {
    const lines = `${begun}${chunk}`.split('\n');
    begun = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line);
  }
}
