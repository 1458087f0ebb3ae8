import { type Parsed, quote, refuse } from '../values/problem.ts';
import { releaseOf } from '../values/release.ts';
import { parseVersion } from './expectations.ts';
import type { InputReader } from './reader.ts';

/** The versions that an upgrade aims at; at least one. Without a leading `v`: a version, or its first two parts. */
export interface UpgradeTargets {
  readonly talos?: string;
  readonly kubernetes?: string;
}

/** Undefined if there is no upgrade to judge. */
export function readUpgrade(reader: InputReader): UpgradeTargets | undefined {
  const talos = readTarget(reader, 'upgrade-to');
  const kubernetes = readTarget(reader, 'upgrade-kubernetes-to');
  return talos === undefined && kubernetes === undefined
    ? undefined
    : { ...(talos !== undefined && { talos }), ...(kubernetes !== undefined && { kubernetes }) };
}

function readTarget(reader: InputReader, name: 'upgrade-to' | 'upgrade-kubernetes-to'): string | undefined {
  return reader.given(name) ? reader.take(name, parseTarget(reader.text(name))) : undefined;
}

function parseTarget(text: string): Parsed<string> {
  const parsed = parseVersion(text);
  return parsed.ok && releaseOf(parsed.value) === undefined
    ? refuse('a version with at least a major and a minor part, such as 1.14.2 or 1.14', quote(text))
    : parsed;
}
