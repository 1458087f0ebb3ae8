import { type Parsed, quote, refuse } from '../values/problem.ts';
import { ok } from '../values/result.ts';
import type { InputReader } from './reader.ts';

/** Requirements besides health; an absent one is not checked. */
export interface Expectations {
  readonly controlPlanes?: number;
  readonly workers?: number;
  /** Without a leading `v`: a version, or its first parts. */
  readonly talosVersion?: string;
  readonly kubernetesVersion?: string;
  /** Ids of schematics, or their first digits, in lower case: the image of each node must be of one of them. */
  readonly schematics?: readonly string[];
  /** What the image of each node must contain. */
  readonly extensions?: readonly ExpectedExtension[];
}

export interface ExpectedExtension {
  /** Without a prefix such as `siderolabs/`, as Talos names it. */
  readonly name: string;
  /** Absent: any. */
  readonly version?: string;
}

/** Above the size of any cluster. */
const mostNodes = 100_000;

export function readExpectations(reader: InputReader): Expectations {
  const controlPlanes = reader.number('expected-control-planes', mostNodes);
  if (controlPlanes === 0) {
    reader.take('expected-control-planes', refuse('at least 1', '"0"', 'there is no cluster without a control plane'));
  }
  const workers = reader.number('expected-workers', mostNodes);
  const talosVersion = readVersion(reader, 'expected-talos-version');
  const kubernetesVersion = readVersion(reader, 'expected-kubernetes-version');
  const schematics = readList(reader, 'expected-schematic', parseSchematic);
  const extensions = readList(reader, 'expected-extensions', parseExtension);
  return {
    ...(controlPlanes !== undefined && { controlPlanes }),
    ...(workers !== undefined && { workers }),
    ...(talosVersion !== undefined && { talosVersion }),
    ...(kubernetesVersion !== undefined && { kubernetesVersion }),
    ...(schematics.length > 0 && { schematics }),
    ...(extensions.length > 0 && { extensions }),
  };
}

function readList<T>(
  reader: InputReader,
  name: 'expected-schematic' | 'expected-extensions',
  parse: (entry: string) => Parsed<T>,
): readonly T[] {
  return reader.list(name).flatMap((entry) => reader.take(name, parse(entry)) ?? []);
}

function parseSchematic(entry: string): Parsed<string> {
  return /^[0-9a-f]{8,64}$/i.test(entry)
    ? ok(entry.toLowerCase())
    : refuse('the id of a schematic of the Image Factory, or its first 8 hexadecimal digits or more', quote(entry));
}

function parseExtension(entry: string): Parsed<ExpectedExtension> {
  const [, name, version] = /^(?:[\w.-]+\/)*([\w.-]{1,100})(?::([\w.+-]{1,100}))?$/.exec(entry) ?? [];
  return name === undefined
    ? refuse('the name of a system extension, with or without its version, such as iscsi-tools:v0.2.0', quote(entry))
    : ok({ name, ...(version !== undefined && { version }) });
}

function readVersion(reader: InputReader, name: 'expected-talos-version' | 'expected-kubernetes-version') {
  return reader.given(name) ? reader.take(name, parseVersion(reader.text(name))) : undefined;
}

/** A version such as `v1.14.0-rc.1`, or the first parts of one; without its `v`. */
export function parseVersion(text: string): Parsed<string> {
  const [, version] = /^v?(\d{1,4}(?:\.\d{1,4}){0,2}|\d{1,4}\.\d{1,4}\.\d{1,4}-[0-9a-z.-]{1,60})$/i.exec(text) ?? [];
  return version === undefined
    ? refuse('a version such as 1.14.0 or v1.14.0-rc.1, or 1.14 for any release of it', quote(text))
    : ok(version);
}
