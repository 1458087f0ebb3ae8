import { setTimeout as pause } from 'node:timers/promises';
import { version } from '../talos/api.ts';
import type { VersionInfo } from '../talos/model.ts';
import type { Endpoint } from './endpoint.ts';
import type { Facet } from './facet.ts';
import { attempts, type RoundLimits } from './request.ts';

/** Endpoints and nodes that took a call and do not answer are asked for their version until they do. */
export interface LivenessProbes {
  /**
   * Of an endpoint, or of a node behind it; shared by all who wait for it.
   * Resolves with when it was asked what it answered at last, in epoch
   * milliseconds; undefined where it answers nothing within the time of a call.
   */
  of(endpoint: Endpoint, node?: string): Promise<number | undefined>;
  /** There is no connection to the endpoint: it need not be asked. */
  giveUp(endpoint: Endpoint): void;
}

/** So often, in milliseconds: who was frozen is seen within a second of its return, and may have forgotten earlier calls. */
const interval = 700;

/** How long all but the first question wait: so many are in flight at most. In milliseconds. */
const longest = 7 * interval;

/** A connection that is lost while it carries the question says nothing: so often it is asked again. */
const mostLosses = 3;

interface LivenessProbe {
  readonly heard: Promise<number | undefined>;
  end(askedAt: number | undefined): void;
}

/**
 * @param isNeeded whether it matters at once that this endpoint is back
 * @param onEnd told how each question ended
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
    const { promise: heard, resolve } = Promise.withResolvers<number | undefined>();
    let losses = 0;

    function end(askedAt: number | undefined): void {
      open.delete(keyOf(endpoint, node));
      over.abort();
      resolve(askedAt);
    }

    async function send(isFirst: boolean): Promise<void> {
      const askedAt = limits.now();
      const facet = await attempt(endpoint.channel, version, node, isFirst ? undefined : longest);
      if (over.signal.aborted) {
        return;
      }
      onEnd(endpoint, askedAt, facet, node);
      if (facet.ok) {
        end(askedAt);
        return;
      }
      const { kind, layer } = facet.error;
      if (kind === 'dropped' && losses < mostLosses) {
        losses += 1;
        await send(isFirst);
      } else if (kind !== 'timeout' && kind !== 'cancelled') {
        // A node that fails in another way is no longer silent.
        end(node !== undefined && layer === 'node' ? askedAt : undefined);
      } else if (isFirst) {
        end(undefined);
      }
    }

    async function ask(): Promise<void> {
      // All calls through an endpoint wait for what it says of itself, but many nodes can hang at once.
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
    return { heard, end };
  }

  return {
    of(endpoint, node) {
      const key = keyOf(endpoint, node);
      const probe = open.get(key) ?? keep(endpoint, node);
      open.set(key, probe);
      return probe.heard;
    },
    giveUp: (endpoint) => open.get(keyOf(endpoint))?.end(undefined),
  };
}
