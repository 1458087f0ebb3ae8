import { containers, otherDocuments } from './containers.ts';
import { encodings } from './encodings.ts';
import { encrypted } from './encrypted.ts';
import type { Form } from './form.ts';
import { references } from './references.ts';

/** Every form, in the order in which they are tried. */
export const forms: readonly Form[] = [...encrypted, ...references, ...encodings, ...containers, ...otherDocuments];
