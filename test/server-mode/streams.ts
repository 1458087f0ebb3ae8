import { readFileSync } from 'node:fs';
import { addLine, noProgress, type Progress } from '../../src/server-mode/progress.ts';

/** The recorded health check of a real control plane node and its status. */
export interface Stream {
  readonly situation: string;
  readonly lines: readonly string[];
  readonly code: string;
}

const file = new URL('../fixtures/captures/healthcheck-streams.json', import.meta.url);

export const streams: readonly Stream[] = JSON.parse(readFileSync(file, 'utf8'));

export const healthy: readonly string[] = streams.find(({ situation }) => situation === 'healthy')?.lines ?? [];

export function heard(lines: readonly string[]): Progress {
  return lines.reduce(addLine, noProgress);
}

/** The lines of a healthy cluster up to this check, which fails with the text. */
export function failingAt(title: string, text: string): readonly string[] {
  const begun = healthy.indexOf(`waiting for ${title}: ...`);
  return [...healthy.slice(0, begun + 1), `waiting for ${title}: ${text}`];
}
