import type { NodeSnapshot } from './snapshot.ts';

/** When the machine booted: machined is the first process of a boot. By the clock of the node; undefined if it is not known. */
export function bootedAt({ services }: Pick<NodeSnapshot, 'services'>): number | undefined {
  return services.ok ? services.value.find(({ id }) => id === 'machined')?.firstEventAt : undefined;
}
