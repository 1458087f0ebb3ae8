import type { JsonObject } from '@bufbuild/protobuf';
import type { Kind } from './kinds.ts';

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
}

/** What an object of Kubernetes says, apart from its version and times. */
export interface ObjectContent {
  readonly kind: Kind;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** The controller that makes it again. */
  readonly owner?: { readonly kind: Kind; readonly name: string };
  readonly spec: JsonObject;
  readonly status: JsonObject;
  /** A part of the status; apart, since each has a time. */
  readonly conditions: readonly Condition[];
  /** What a field selector may ask for besides name and namespace. */
  readonly fields: Readonly<Record<string, string>>;
}

/** All that has a namespace here lives in this one. */
export const namespace = 'kube-system';
