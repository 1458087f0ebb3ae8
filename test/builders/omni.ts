import type { CredentialsInfo, OmniFacets } from '../../src/observe/snapshot.ts';
import type { Failure } from '../../src/talos/failure.ts';
import type { OmniCluster, OmniUpgrade } from '../../src/talos/resources/omni.ts';
import type { Fault } from './faults.ts';
import { failed, now, ok } from './snapshot.ts';

const day = 24 * 60 * 60 * 1000;
const front = 'omni.example.com:443';

/** The cluster `prod`, behind Omni, seen with a service account. */
export function throughOmni(change: Partial<CredentialsInfo> = {}): Fault {
  return (snapshot) => ({
    ...snapshot,
    credentials: {
      roles: [],
      notBefore: now - 100 * day,
      notAfter: now + 265 * day,
      account: { name: 'ci', cluster: 'prod' },
      ...change,
    },
    endpoints: [{ endpoint: front, state: 'used' }],
    omni: { status: omniCluster({}), upgrade: omniUpgrade({}) },
  });
}

/** Omni refuses every call for this reason. */
export function refusedByOmni(failure: Partial<Failure>): Fault {
  const error = { ...failed({ layer: 'caller', ...failure }).error, endpoint: front };
  return (snapshot) => ({
    ...snapshot,
    endpoints: [{ endpoint: front, state: 'failed', failure: error }],
    cluster: { ...snapshot.cluster, nodes: [] },
    nodes: [],
    discovery: failed(error),
  });
}

export function omniSays(change: Partial<OmniFacets>): Fault {
  return (snapshot) => ({
    ...snapshot,
    omni: { status: omniCluster({}), upgrade: omniUpgrade({}), ...snapshot.omni, ...change },
  });
}

export function omniCluster(change: Partial<OmniCluster>): OmniFacets['status'] {
  return ok({ phase: 'running', machines: { total: 5, connected: 5, requested: 5 }, ...change });
}

export function omniUpgrade(change: Partial<OmniUpgrade>): OmniFacets['upgrade'] {
  return ok({ phase: 'none', error: '', step: '', status: '', ...change });
}
