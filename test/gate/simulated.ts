import assert from 'node:assert/strict';
import type { SimulatedCluster } from '../../sim/cluster.ts';
import type { TalosconfigOptions, TalosRole } from '../../sim/pki/authorities.ts';
import { registry } from '../../src/checks/registry.ts';
import { wantedFacets, wantedOfKubernetes } from '../../src/checks/wanted-facets.ts';
import { catalogue } from '../../src/gate/catalogue.ts';
import { evaluate } from '../../src/gate/evaluate.ts';
import type { Finding } from '../../src/gate/finding.ts';
import { type Options, parseOptions } from '../../src/inputs/options.ts';
import { openChannels } from '../../src/observe/endpoints/channels.ts';
import { openEndpointPool } from '../../src/observe/endpoints/pool.ts';
import type { NodeFacetName } from '../../src/observe/facets/table.ts';
import { openKubernetes } from '../../src/observe/kubernetes/observer.ts';
import { openObserver } from '../../src/observe/observer.ts';
import type { Snapshot } from '../../src/observe/snapshot.ts';

export interface Access {
  readonly role?: TalosRole;
  readonly talosconfig?: TalosconfigOptions;
  readonly inputs?: Readonly<Record<string, string>>;
  /** By default those that the enabled checks read. */
  readonly facets?: readonly NodeFacetName[];
}

/** The options of a user of the cluster. */
export async function optionsFor(
  cluster: SimulatedCluster,
  { role = 'os:reader', talosconfig, inputs }: Access,
): Promise<Options> {
  const parsed = await parseOptions(
    { talosconfig: cluster.talosconfig(role, talosconfig), 'rpc-timeout': '3s', ...inputs },
    {
      env: {},
      readFile: () => Promise.reject(new Error('no file is read')),
      homedir: () => '/',
      mask: () => undefined,
    },
    catalogue,
  );
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.value;
}

/** One round on a simulated cluster, without the wait. */
export async function observeOnce(cluster: SimulatedCluster, access: Access = {}): Promise<Round> {
  return await observeWith(await optionsFor(cluster, access), access.facets);
}

interface Round {
  readonly snapshot: Snapshot;
  readonly findings: readonly Finding[];
}

/** One round with these options, without the wait. By default it reads the facets that the enabled checks read. */
export async function observeWith(options: Options, facets?: readonly NodeFacetName[]): Promise<Round> {
  using channels = openChannels(options.endpoints, options.context);
  using kubernetes = openKubernetes(options, () => undefined, wantedOfKubernetes(registry, options));
  const { rpcTimeout } = options;
  const limits = {
    rpcTimeout,
    deadline: Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
    now: Date.now,
  };
  const snapshot = await openObserver(
    openEndpointPool(channels),
    options,
    kubernetes,
    facets === undefined ? wantedFacets(registry, options) : new Set(facets),
  ).round(limits);
  return { snapshot, findings: evaluate(snapshot, options) };
}

/** `check@node`, or `check` for the cluster, of all findings with one of these statuses. */
export function having(findings: readonly Finding[], ...statuses: readonly Finding['status'][]): readonly string[] {
  return findings
    .filter(({ status }) => statuses.includes(status))
    .map(({ check, node }) => (node === undefined ? check : `${check}@${node}`));
}
