import type { CheckOptions } from '../inputs/options.ts';
import type { Finding, VerdictName } from './finding.ts';

type Intent = Pick<CheckOptions, 'upgrade' | 'safeToReboot'>;

/** The checks that judge whether nodes may go to another version. */
export const ofUpgrades: ReadonlySet<string> = new Set(['upgrade-path', 'upgrade-kubernetes', 'version-skew']);

/**
 * What the verdict means for an upgrade or a reboot that is ahead: `nothing stands in the way of Talos 1.14.2`,
 * `not safe to reboot worker-2`. Empty if none is, or if the verdict does not tell.
 *
 * @param since when a wait first saw it healthy, epoch milliseconds
 */
export function purposeText(
  { upgrade, safeToReboot }: Intent,
  verdict: VerdictName,
  findings: readonly Finding[],
  since?: number,
): string {
  const isHealthy = verdict === 'healthy';
  if (!isHealthy && verdict !== 'unhealthy') return '';
  const targets = [
    ...(upgrade?.talos === undefined ? [] : [`Talos ${upgrade.talos}`]),
    ...(upgrade?.kubernetes === undefined ? [] : [`Kubernetes ${upgrade.kubernetes}`]),
  ].join(' and ');
  const isWarned = findings.some(({ check, status }) => ofUpgrades.has(check) && status === 'warn');
  const asOf = since === undefined ? '' : ` since ${new Date(since).toISOString()}`;
  return [
    ...(targets !== '' && isHealthy
      ? [`nothing ${isWarned ? 'but warnings ' : ''}stands in the way of ${targets}`]
      : []),
    ...(safeToReboot === undefined
      ? []
      : [`${isHealthy ? 'safe' : 'not safe'} to reboot ${safeToReboot.join(', ')}${asOf}`]),
  ].join('; ');
}
