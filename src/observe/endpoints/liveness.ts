import { setTimeout as pause } from 'node:timers/promises';
import { version } from '../../talos/api.ts';
import type { VersionInfo } from '../../talos/model/machine.ts';
import type { Facet } from '../facets/facet.ts';
import { attempts, type Call, type RoundLimits } from '../request.ts';
import type { Endpoint } from './endpoint.ts';

/** Probes endpoints and nodes that accepted a call and do not answer, by requesting their version until they do. */
export interface LivenessProbes {
  /**
   * Probes an endpoint, or a node behind it; concurrent callers share one probe. Resolves with the time at which the
   * answered request was sent, in epoch milliseconds, or with undefined if nothing is answered within the timeout of a
   * call.
   */
  of(endpoint: Endpoint, node?: string): Promise<number | undefined>;
  /** Ends the probe: there is no connection to the endpoint. */
  giveUp(endpoint: Endpoint): void;
}

/**
 * Interval of the requests, in milliseconds: a machine that was frozen is noticed within a second of its return, and
 * may have lost earlier calls.
 */
const interval = 700;

/** Timeout of all requests but the first, in milliseconds; it limits how many are in flight. */
const longest = 7 * interval;

/** How often a request is repeated because its connection was lost. */
const maxLosses = 3;

/** Of a gateway itself, whatever is behind it: that it has no version is an answer too. */
const gatewayVersion: Call<VersionInfo> = (channel, options) => version(channel, { ...options, target: 'omni' });

interface LivenessProbe {
  readonly answered: Promise<number | undefined>;
  end(askedAt: number | undefined): void;
}

/**
 * @param isNeeded whether to probe this endpoint repeatedly because its return matters at once
 * @param onEnd called with the result of each request
 */
export function openLivenessProbes(
  limits: RoundLimits,
  isNeeded: (endpoint: Endpoint) => boolean,
  onEnd: (endpoint: Endpoint, askedAt: number, facet: Facet<VersionInfo>, node: string | undefined) => void,
): LivenessProbes {
  const open = new Map<string, LivenessProbe>();
  const keyOf = ({ channel }: Endpoint, node = ''): string => `${channel.endpoint} ${node}`;

  function keep(endpoint: Endpoint, node: string | undefined): LivenessProbe {
    const over = new AbortController();
    const signal = AbortSignal.any([limits.signal, over.signal]);
    const attempt = attempts({ ...limits, signal }, (run) => run());
    const isGateway = endpoint.isGateway && node === undefined;
    const probe = isGateway ? gatewayVersion : version;
    const { promise: answered, resolve } = Promise.withResolvers<number | undefined>();
    let losses = 0;

    function end(askedAt: number | undefined): void {
      open.delete(keyOf(endpoint, node));
      over.abort();
      resolve(askedAt);
    }

    async function send(isFirst: boolean): Promise<void> {
      const askedAt = limits.now();
      const facet = await attempt(endpoint.channel, probe, node, isFirst ? undefined : longest);
      if (over.signal.aborted) {
        return;
      }
      onEnd(endpoint, askedAt, facet, node);
      if (facet.ok) {
        end(askedAt);
        return;
      }
      const { kind, layer } = facet.error;
      if (kind === 'dropped' && losses < maxLosses) {
        losses += 1;
        await send(isFirst);
      } else if (kind !== 'timeout' && kind !== 'cancelled') {
        // A node that fails in another way is no longer silent, and a gateway that refuses the call is not.
        const isAnswer = isGateway ? layer !== 'endpoint' : node !== undefined && layer === 'node';
        end(isAnswer ? askedAt : undefined);
      } else if (isFirst) {
        end(undefined);
      }
    }

    async function ask(): Promise<void> {
      // All calls through an endpoint wait for its own probe, so only those of nodes are limited: many can hang at
      // once.
      if (node !== undefined) {
        await endpoint.rateLimit(signal);
      }
      void send(true);
      while (!signal.aborted) {
        await pause(interval, undefined, { signal, ref: false }).catch(() => undefined);
        await endpoint.rateLimit(signal);
        if (!signal.aborted && (node !== undefined || isNeeded(endpoint))) {
          void send(false);
        }
      }
    }

    void ask();
    return { answered, end };
  }

  return {
    of(endpoint, node) {
      const key = keyOf(endpoint, node);
      const probe = open.get(key) ?? keep(endpoint, node);
      open.set(key, probe);
      return probe.answered;
    },
    giveUp: (endpoint) => open.get(keyOf(endpoint))?.end(undefined),
  };
}
