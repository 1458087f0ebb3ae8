import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CredentialsInfo } from '../../src/observe/snapshot.ts';
import { causesWith, line } from '../builders/diagnose.ts';
import { type Fault, facetFailed, unreachable } from '../builders/faults.ts';
import { inKubernetes } from '../builders/kubernetes.ts';
import { endpointsAre, failing } from '../builders/scenarios.ts';
import { failed, now } from '../builders/snapshot.ts';

const day = 24 * 60 * 60 * 1000;
const cp1 = '10.0.0.1:50000';
const cp2 = '10.0.0.2:50000';

const certificate =
  (change: Partial<CredentialsInfo>): Fault =>
  (snapshot) => ({ ...snapshot, credentials: { ...snapshot.credentials, ...change } });

const expiredOnServer = {
  kind: 'client-certificate-expired',
  layer: 'caller',
  message: 'expired (TLS alert 45)',
} as const;
const wrongCa = { kind: 'wrong-ca', message: 'unable to verify the first certificate' } as const;
const refused = { kind: 'refused', message: 'connection refused' } as const;

const rules: readonly (readonly [name: string, faults: readonly Fault[], causes: readonly string[]])[] = [
  [
    'a role that may not read',
    [
      endpointsAre(failing(cp1, { kind: 'not-authorized', layer: 'caller' })),
      certificate({ roles: ['os:etcd:backup'] }),
    ],
    [
      'missing-role talosconfig: its client certificate has only os:etcd:backup, which may not read: the role os:reader is needed',
    ],
  ],
  [
    'a certificate without a role, with a single refused call',
    [facetFailed('cp-2', 'machineStatus', { kind: 'not-authorized', layer: 'caller' }), certificate({ roles: [] })],
    ['missing-role talosconfig: its client certificate has no role, which may not read: the role os:reader is needed'],
  ],
  [
    'a rejected kubeconfig is not a missing role',
    [
      inKubernetes(() => ({
        kubeconfig: 'input',
        required: true,
        readyz: failed({ kind: 'not-authorized', code: 'HTTP 401', message: 'it answers 401: Unauthorized' }),
      })),
    ],
    ['kubernetes-api cluster: https://10.0.0.1:6443 does not accept the kubeconfig: it answers 401: Unauthorized'],
  ],
  [
    'an expired certificate',
    [endpointsAre(failing(cp1, expiredOnServer)), certificate({ notAfter: now - day })],
    ['stale-certificate talosconfig: its client certificate expired at 2025-12-31 12:00 UTC'],
  ],
  [
    'no certificate at all',
    [
      endpointsAre(failing(cp1, { kind: 'client-certificate-missing', layer: 'caller' })),
      (s) => ({ ...s, credentials: { roles: [] } }),
    ],
    ['no-certificate talosconfig: it has no client certificate'],
  ],
  [
    'the clock of this machine is ahead: the certificates of both sides appear expired',
    [
      endpointsAre(failing(cp1, { kind: 'server-certificate', message: 'certificate has expired' })),
      certificate({ notAfter: now - day }),
    ],
    [
      "wrong-clock clocks: this machine's clock says 2026-01-01 12:00 UTC, by which the certificate of 10.0.0.1:50000 (cp-1) is not valid: certificate has expired",
    ],
  ],
  [
    "the clock of this machine is days ahead: the endpoints' certificates, valid for a day, appear expired",
    [endpointsAre(failing(cp1, { kind: 'server-certificate', message: 'certificate has expired' }))],
    [
      "wrong-clock clocks: this machine's clock says 2026-01-01 12:00 UTC, by which the certificate of 10.0.0.1:50000 (cp-1) is not valid: certificate has expired",
    ],
  ],
  [
    'the clock of this machine is behind',
    [endpointsAre(failing(cp1, expiredOnServer)), certificate({ notBefore: now + day })],
    [
      "wrong-clock clocks: this machine's clock says 2026-01-01 12:00 UTC, but the client certificate is valid only from 2026-01-02 12:00 UTC",
    ],
  ],
  [
    'a client certificate that is valid by the clock of this machine, but not by that of the endpoint',
    [endpointsAre(failing(cp1, expiredOnServer))],
    [
      "wrong-clock clocks: 10.0.0.1:50000 (cp-1) says that the client certificate is expired or not yet valid; by this machine's clock it is valid (until 2027-01-01 12:00 UTC)",
    ],
  ],
  [
    'the talosconfig of another cluster',
    [endpointsAre(failing(cp1, wrongCa), failing(cp2, wrongCa))],
    [
      'wrong-ca talosconfig: its CA is not that of 10.0.0.1:50000 (cp-1) and 10.0.0.2:50000 (cp-2): it is of another cluster, or those nodes are in maintenance mode and not configured yet',
    ],
  ],
  [
    'a client certificate signed by another CA',
    [endpointsAre(failing(cp1, { kind: 'client-certificate-unknown', layer: 'caller' }))],
    ['unknown-client-ca talosconfig: 10.0.0.1:50000 (cp-1) does not know the CA of its client certificate'],
  ],
  [
    'a worker as endpoint',
    [endpointsAre({ endpoint: '10.0.1.1:50000', state: 'worker' })],
    ['worker-endpoint endpoints: 10.0.1.1:50000 (worker-1) is a worker, not a control plane'],
  ],
  [
    'a worker as endpoint, and another endpoint that is down',
    [endpointsAre({ endpoint: '10.0.1.1:50000', state: 'worker' }, failing(cp2, refused))],
    [
      'worker-endpoint endpoints: 10.0.1.1:50000 (worker-1) is a worker, not a control plane, and 10.0.0.2:50000 (cp-2) does not answer: connection refused',
    ],
  ],
  [
    'every endpoint is down: the nodes behind them are not blamed',
    [endpointsAre(failing(cp1, refused), failing(cp2, refused))],
    ['no-endpoint cp-1,cp-2: none of the 2 endpoints answers: the Talos API refuses connections'],
  ],
  [
    'endpoints that are down for different reasons',
    [endpointsAre(failing(cp1, refused), failing(cp2, { kind: 'connect-timeout', message: 'no connection' }))],
    [
      'no-endpoint cp-1,cp-2: none of the 2 endpoints answers: 10.0.0.1:50000 (cp-1) the Talos API refuses connections; 10.0.0.2:50000 (cp-2) no connection in time',
    ],
  ],
  [
    'a load balancer that does not answer',
    [endpointsAre(failing('lb.example.org:50000', { kind: 'unresolved', message: 'Name resolution failed' }))],
    [
      'no-endpoint endpoints: lb.example.org:50000, the only one, does not answer: its name cannot be resolved (Name resolution failed)',
    ],
  ],
  [
    'an endpoint that fails while another one works is a dead node',
    [unreachable('cp-2'), (s) => ({ ...s, endpoints: [failing(cp2, refused), { endpoint: cp1, state: 'used' }] })],
    ['dead-control-plane cp-2: the control plane node is down or cut off (connection refused)'],
  ],
];

for (const [name, faults, causes] of rules) {
  test(name, () => {
    assert.deepEqual(causesWith(...faults).map(line), causes);
  });
}
