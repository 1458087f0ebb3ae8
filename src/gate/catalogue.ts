import { stages } from '../checks/check.ts';
import { registry } from '../checks/registry.ts';
import type { Catalogue } from '../inputs/policies.ts';

/** The checks, for the validation of inputs. */
export const catalogue: Catalogue = { stages, checks: registry, indispensable: 'connectivity' };
