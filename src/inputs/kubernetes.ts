import { X509Certificate } from 'node:crypto';
import type { Credentials } from '../credentials/credentials.ts';
import { type LocateIo, locateKubeconfig } from '../credentials/find-config.ts';
import type { TalosContext } from '../credentials/talosconfig.ts';
import { parseEndpoint } from '../values/address.ts';
import { type Parsed, quote, refuse } from '../values/problem.ts';
import { ok } from '../values/result.ts';
import { parseDocument } from '../values/yaml.ts';
import type { InputReader } from './reader.ts';

const uses = ['auto', 'required', 'off'] as const;

/** Whether and how to query the Kubernetes API. */
export interface KubernetesOptions {
  /** `auto`: with the given kubeconfig, else with that of the Talos API (os:admin only), else not at all. */
  readonly use: (typeof uses)[number];
  /** The text of the given kubeconfig; secret. */
  readonly kubeconfig?: string;
  /** A host with or without `https://` and port, as in talosctl's `--k8s-endpoint`. */
  readonly endpoint?: string;
}

/** Reads the three inputs; the reader collects the problems. */
export async function readKubernetes(
  reader: InputReader,
  context: TalosContext | undefined,
  io: LocateIo,
): Promise<KubernetesOptions | undefined> {
  const use = reader.choice('kubernetes', uses);
  const kubeconfig = reader.given('kubeconfig') ? await readKubeconfig(reader, io) : undefined;
  const endpoint = reader.text('k8s-endpoint');
  if (endpoint !== '') {
    reader.take('k8s-endpoint', checkEndpoint(endpoint));
  }
  if (use === 'required' && !reader.given('kubeconfig') && context !== undefined && !isAdmin(context.credentials)) {
    const expected = 'a way to the Kubernetes API: a kubeconfig, or a talosconfig whose role is os:admin';
    const hint = 'give a kubeconfig, or let kubernetes be auto';
    reader.take('kubernetes', refuse(expected, '"required", without either', hint));
  }
  return use && { use, ...(kubeconfig !== undefined && { kubeconfig }), ...(endpoint !== '' && { endpoint }) };
}

async function readKubeconfig(reader: InputReader, io: LocateIo): Promise<string | undefined> {
  const located = reader.take('kubeconfig', await locateKubeconfig(reader.text('kubeconfig'), io));
  if (located === undefined) return undefined;
  const checked = checkKubeconfig(located.text);
  if (checked.ok) return checked.value;
  const { expected, got, hint } = checked.error;
  return reader.take('kubeconfig', refuse(expected, `${got}, from ${located.source}`, hint));
}

/** Checks only that it is a kubeconfig: it is parsed when it is used. */
function checkKubeconfig(text: string): Parsed<string> {
  const expected = 'a kubeconfig: one YAML document with clusters';
  const document = parseDocument(text, expected);
  if (!document.ok) return document;
  const clusters = document.value.get('clusters');
  if (Array.isArray(clusters)) {
    return clusters.length > 0 ? ok(text) : refuse(expected, 'a kubeconfig without any cluster');
  }
  return refuse(expected, 'YAML without a list of clusters', 'use the file that talosctl kubeconfig wrote');
}

function checkEndpoint(text: string): Parsed<unknown> {
  const host = text.replace(/^https:\/\//i, '').replace(/\/$/, '');
  if (parseEndpoint(host).ok) return ok(text);
  const expected = 'a host name or an IP address, with or without https:// and a port, such as https://10.0.0.1:6443';
  return refuse(expected, quote(text));
}

function isAdmin(credentials: Credentials): boolean {
  // Omni gives a kubeconfig of the Talos API to nobody.
  if (credentials.kind !== 'certificate') return false;
  // Node returns no subject if that of the certificate is empty.
  const subject: string | undefined = new X509Certificate(credentials.crt).subject;
  return (subject ?? '').split('\n').includes('O=os:admin');
}
