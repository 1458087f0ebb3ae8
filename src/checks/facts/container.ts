import type { NodeSnapshot } from '../../observe/snapshot.ts';

/** Whether Talos runs in a container: disk and memory are those of its host. */
export function isContainer({ version }: NodeSnapshot): boolean {
  return version.ok && version.value.mode === 'container';
}
