import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import { TLSSocket } from 'node:tls';
import { apiServerPort } from '../model/kubernetes.ts';
import { type ClusterState, findNode } from '../model/state.ts';
import type { Owner } from '../node/front.ts';
import type { Authorities } from '../pki/authorities.ts';
import { privateKeyPem } from '../pki/certificate.ts';
import type { World } from '../world.ts';
import { failed } from './answers.ts';
import type { KubernetesObjects } from './objects.ts';
import type { ApiRequest } from './request.ts';
import { serve } from './serve.ts';

/** In hours: what Talos makes its certificate good for. */
const year = 365 * 24;

export interface ApiServerOptions {
  readonly world: World;
  readonly objects: KubernetesObjects;
  readonly name: string;
  /** What its certificate is good for besides its name. */
  readonly names: readonly string[];
  readonly authorities: Authorities;
}

/** kube-apiserver of one control plane: HTTP/2, or 1.1 where the client wants no other. */
export class ApiServer {
  readonly #options: ApiServerOptions;
  /** By the hours until the certificate expires. */
  readonly #servers = new Map<number, Http2SecureServer>();

  constructor(options: ApiServerOptions) {
    this.#options = options;
  }

  /** The server as it is now. */
  in(state: ClusterState): Owner {
    const { name } = this.#options;
    const node = findNode(state, name);
    const { certificateHours: left = year } = node.apiServer;
    return {
      key: `${name} ${left}`,
      mode: state.scenario.kubernetes ? apiServerPort(node) : 'closed',
      accept: (socket) => this.#https(left).emit('connection', socket),
    };
  }

  #https(left: number): Http2SecureServer {
    const server = this.#servers.get(left) ?? this.#create(left);
    this.#servers.set(left, server);
    return server;
  }

  #create(left: number): Http2SecureServer {
    const { world, objects, name, names, authorities } = this.#options;
    const { kubernetes, kubernetesUsers: users } = authorities;
    const allNames = [...new Set([name, ...names, '127.0.0.1', 'kubernetes', 'localhost'])];
    const identity = kubernetes.server('kube-apiserver', allNames, { lifetime: year, left });
    const server = createSecureServer({
      allowHTTP1: true,
      cert: identity.certificate,
      key: privateKeyPem(identity.privateKey, 'PRIVATE KEY'),
      // a client certificate is optional: each request is authenticated
      ca: users.certificate,
      requestCert: true,
      rejectUnauthorized: false,
    });
    server.on('request', (request, response) => {
      const asked = apiRequest(request, response);
      serve({ world, objects, users, name }, asked, response).catch((error: unknown) => {
        if (response.headersSent) response.end();
        else response.writeHead(500, { 'content-type': 'application/json' }).end(failed(500, String(error)).body);
      });
    });
    // a client that rejects the certificate disconnects
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    return server;
  }
}

function apiRequest({ method, url, headers, socket }: Http2ServerRequest, response: Http2ServerResponse): ApiRequest {
  const { pathname, searchParams } = new URL(url, 'https://kubernetes');
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  return {
    method,
    path: pathname,
    query: searchParams,
    credentials: { certificate, authorization: headers.authorization },
    signal: gone.signal,
  };
}
