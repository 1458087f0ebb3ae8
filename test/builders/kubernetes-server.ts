import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { Authority } from '../../sim/pki/authority.ts';
import { privateKeyPem } from '../../sim/pki/certificate.ts';
import { writeKubeconfig } from '../../sim/pki/kubeconfig.ts';

export interface KubernetesServer extends AsyncDisposable {
  /** A kubeconfig for this server. */
  readonly kubeconfig: string;
  /** Requested paths, in order. */
  readonly asked: readonly string[];
}

type Handler = (path: string, response: ServerResponse, request: IncomingMessage) => void;

/** An HTTPS server with the responses of the test. */
export async function serveKubernetes(handler: Handler): Promise<KubernetesServer> {
  const authority = new Authority('kubernetes', () => Date.now());
  const identity = authority.server('kube-apiserver', ['127.0.0.1']);
  const asked: string[] = [];
  const server = createServer(
    { cert: identity.certificate, key: privateKeyPem(identity.privateKey, 'PRIVATE KEY') },
    (request, response) => {
      const path = request.url ?? '';
      asked.push(path);
      handler(path, response, request);
    },
  );
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    kubeconfig: writeKubeconfig({
      cluster: 'demo',
      server: `https://127.0.0.1:${port}`,
      ca: authority.certificate,
      user: 'admin',
      credentials: { token: 'TOKEN' },
    }),
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}
