import { stages } from '../checks/check.ts';
import { registry } from '../checks/registry.ts';
import type { Catalogue } from '../inputs/policies.ts';

/** The checks as the inputs may name them. */
export const catalogue: Catalogue = { stages, checks: registry, indispensable: 'connectivity' };
