import { formatDuration, parseDuration } from '../values/duration.ts';
import { quote, refuse } from '../values/problem.ts';
import type { Mode } from './mode.ts';
import type { InputReader } from './reader.ts';

/** Timeouts and intervals in milliseconds. */
export interface Timing {
  /** 0 checks once, without waiting. */
  readonly waitTimeout: number;
  /** How long it must stay healthy; at most `waitTimeout`. */
  readonly stableFor: number;
  readonly retryInterval: number;
  readonly rpcTimeout: number;
}

/** Shorter intervals only add load. In milliseconds. */
const shortestPause = 10;

export function readTiming(reader: InputReader, mode: Mode | undefined): Timing | undefined {
  const waitTimeout = reader.take('wait-timeout', parseDuration(reader.text('wait-timeout'), 0));
  const stableFor = reader.take('stable-for', parseDuration(reader.text('stable-for'), 0));
  if (mode === 'server' && waitTimeout === 0) {
    const hint = 'the server cannot take one look only; mode: client can';
    reader.take('wait-timeout', refuse('more than 0 with mode: server', quote(reader.text('wait-timeout')), hint));
  }
  if (mode === 'server' && stableFor !== undefined && stableFor > 0) {
    const hint = 'the server ends once the cluster is healthy; mode: client can go on';
    reader.take('stable-for', refuse('0 with mode: server', quote(reader.text('stable-for')), hint));
  } else if (stableFor !== undefined && waitTimeout !== undefined && stableFor > waitTimeout) {
    const expected = `at most wait-timeout, which is ${formatDuration(waitTimeout)}`;
    const hint = waitTimeout === 0 ? 'one look cannot tell whether it stays so: give a wait-timeout' : undefined;
    reader.take('stable-for', refuse(expected, quote(reader.text('stable-for')), hint));
  }
  const retryInterval = reader.take('retry-interval', parseDuration(reader.text('retry-interval'), shortestPause));
  const rpcTimeout = reader.take('rpc-timeout', parseDuration(reader.text('rpc-timeout'), shortestPause));
  return waitTimeout === undefined || stableFor === undefined || retryInterval === undefined || rpcTimeout === undefined
    ? undefined
    : { waitTimeout, stableFor, retryInterval, rpcTimeout };
}
