import { connectivity } from './connectivity.ts';
import { etcd } from './etcd.ts';
import { kubernetes } from './kubernetes.ts';
import type { Notes, StageNotes } from './notes.ts';
import { readiness } from './readiness.ts';
import { workloads } from './workloads.ts';

export const notes: StageNotes = { ...connectivity, ...readiness, ...etcd, ...kubernetes, ...workloads };

/** @throws {Error} where somebody forgot to write them */
export function notesOf({ id }: { readonly id: string }): Notes {
  const own = notes[id];
  if (own === undefined) {
    throw new Error(`the check ${id} has no notes: write them in src/explain/notes`);
  }
  return own;
}
