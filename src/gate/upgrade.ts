import type { CheckOptions } from '../inputs/options.ts';
import type { Finding } from './finding.ts';

const ofUpgrades: ReadonlySet<string> = new Set(['upgrade-path', 'upgrade-kubernetes', 'version-skew']);

/** What a healthy verdict says about an upgrade: `nothing stands in the way of Talos 1.14.2`. Empty without one. */
export function upgradeText({ upgrade }: Pick<CheckOptions, 'upgrade'>, findings: readonly Finding[]): string {
  const targets = [
    ...(upgrade?.talos === undefined ? [] : [`Talos ${upgrade.talos}`]),
    ...(upgrade?.kubernetes === undefined ? [] : [`Kubernetes ${upgrade.kubernetes}`]),
  ];
  if (targets.length === 0) return '';
  const isWarned = findings.some(({ check, status }) => ofUpgrades.has(check) && status === 'warn');
  return `nothing ${isWarned ? 'but warnings ' : ''}stands in the way of ${targets.join(' and ')}`;
}
