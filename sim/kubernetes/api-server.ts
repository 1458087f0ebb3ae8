import { createServer, type Server } from 'node:https';
import { apiServerListens } from '../model/kubernetes.ts';
import { type ClusterState, findNode, type NodeState } from '../model/state.ts';
import { Listener } from '../node/listener.ts';
import type { Authority } from '../pki/authority.ts';
import { privateKeyPem } from '../pki/certificate.ts';
import type { World } from '../world.ts';
import { answerAnonymous } from './answers.ts';

export interface ApiServerOptions {
  readonly world: World;
  readonly name: string;
  readonly address: string;
  readonly listen: { readonly host: string; readonly port: number };
  /** Kubernetes has an authority of its own. */
  readonly authority: Authority;
}

/** kube-apiserver of one control plane, as far as somebody without credentials can tell. */
export class ApiServer {
  readonly #options: ApiServerOptions;
  readonly #listener: Listener;
  #server: Server | undefined;

  constructor(options: ApiServerOptions) {
    this.#options = options;
    this.#listener = new Listener(options.listen.host, options.listen.port, (socket) =>
      this.#https().emit('connection', socket),
    );
  }

  get port(): number {
    return this.#listener.port;
  }

  /** Resolves when the port is as the state has it. */
  show(state: ClusterState): Promise<void> {
    const node = findNode(state, this.#options.name);
    if (node.presence === 'frozen' || node.presence === 'black-hole') return this.#listener.set('silent');
    return this.#listener.set(state.scenario.kubernetes && apiServerListens(node) ? 'open' : 'closed');
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await this.#listener.set('closed');
  }

  #https(): Server {
    this.#server ??= this.#create();
    return this.#server;
  }

  #create(): Server {
    const { world, name, address, authority } = this.#options;
    const identity = authority.server('kube-apiserver', [name, address, '127.0.0.1', 'kubernetes', 'localhost']);
    const server = createServer(
      { cert: identity.certificate, key: privateKeyPem(identity.privateKey, 'PRIVATE KEY') },
      (request, response) => {
        const url = new URL(request.url ?? '/', 'https://kubernetes');
        const answer = answerAnonymous(world.state, this.#node(), url.pathname, url.searchParams);
        response.writeHead(answer.status, {
          'content-type': answer.type,
          'content-length': Buffer.byteLength(answer.body),
        });
        response.end(answer.body);
      },
    );
    // a client that does not like the certificate hangs up
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    return server;
  }

  #node(): NodeState {
    return this.#options.world.node(this.#options.name);
  }
}
