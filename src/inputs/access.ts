import type { Credentials } from '../credentials/credentials.ts';
import { accountVariables, findAccountKey } from '../credentials/find-account-key.ts';
import { type LocateIo, locateTalosconfig, readAuthority } from '../credentials/find-config.ts';
import {
  type OmniLogin,
  parseTalosconfig,
  type TalosContext,
  type TalosconfigContext,
} from '../credentials/talosconfig.ts';
import { type Parsed, quote, refuse } from '../values/problem.ts';
import { ok } from '../values/result.ts';
import type { InputReader } from './reader.ts';

/**
 * The context to use, with its credentials: those of the talosconfig, or a service account of
 * Sidero Omni. An endpoint and the name of the cluster are all that Omni needs, so that no
 * talosconfig is read if both are given and neither a talosconfig nor a context of one is.
 */
export async function readContext(reader: InputReader, io: LocateIo): Promise<TalosContext | undefined> {
  const cluster = reader.text('cluster');
  const namesConfig = reader.given('talosconfig') || reader.given('context');
  const isDirect = cluster !== '' && reader.given('endpoints') && !namesConfig;
  const context = isDirect
    ? { name: cluster, endpoints: [], nodes: [], login: { kind: 'omni', cluster } as const }
    : await readTalosconfig(reader, io);
  const ca = reader.given('ca') ? reader.take('ca', await readAuthority(reader.text('ca'), io)) : undefined;
  if (context === undefined) return undefined;
  const { login, ...rest } = context;
  if (login.kind === 'certificate') {
    refuseInputsOfOmni(reader, context.name);
    const key = findAccountKey(reader.text('omni-service-account-key'), io);
    return { ...rest, credentials: key === undefined ? login : { ...login, unused: 'service account key' } };
  }
  const named = { ...login, ...(cluster !== '' && { cluster }), ...(ca !== undefined && { ca }) };
  const credentials = await readAccount(reader, io, context.name, named);
  return credentials && { ...rest, credentials };
}

async function readTalosconfig(reader: InputReader, io: LocateIo): Promise<TalosconfigContext | undefined> {
  const located = reader.take('talosconfig', await locateTalosconfig(reader.text('talosconfig'), io));
  if (located === undefined) return undefined;
  const parsed = parseTalosconfig(located.text, reader.text('context'));
  if (parsed.ok) return parsed.value;
  for (const { input, expected, got, hint } of parsed.error) {
    reader.take(input, refuse(expected, input === 'talosconfig' ? `${got}, from ${located.source}` : got, hint));
  }
  return undefined;
}

/** Inputs that would be ignored, and are meant for another context. */
function refuseInputsOfOmni(reader: InputReader, context: string): void {
  for (const input of ['cluster', 'ca'] as const) {
    if (!reader.given(input)) continue;
    const got = `a value, and the context ${quote(context)} has a client certificate and its CA`;
    const hint = `leave it out; for Sidero Omni, select a context with auth.siderov1, or give no talosconfig, and endpoints with cluster`;
    reader.take(input, refuse('none, or a context of Sidero Omni', got, hint));
  }
}

async function readAccount(
  reader: InputReader,
  io: LocateIo,
  context: string,
  { cluster, ca }: OmniLogin,
): Promise<Credentials | undefined> {
  const isNamed = reader.take('cluster', checkCluster(cluster, context)) !== undefined;
  const found = findAccountKey(reader.text('omni-service-account-key'), io);
  if (found === undefined) {
    reader.take('omni-service-account-key', noKey);
    return undefined;
  }
  // Loaded here: who has certificates does not need it.
  const { parseServiceAccount } = await import('../credentials/service-account/account.ts');
  const parsed = parseServiceAccount(found.text);
  if (!parsed.ok) {
    const { expected, got, hint } = parsed.error;
    reader.take('omni-service-account-key', refuse(expected, `${got}, from ${found.source}`, hint));
    return undefined;
  }
  return isNamed
    ? { kind: 'service-account', account: parsed.value, cluster, ...(ca !== undefined && { ca }) }
    : undefined;
}

const noKey = refuse(
  'a service account key of Sidero Omni',
  `none, and neither ${accountVariables.join(' nor ')} in the environment`,
  'create one: omnictl serviceaccount create NAME --use-user-role=false --role Reader. A login in a browser (keys in ~/.talos/keys) cannot be used: it needs a person. A secret is empty if its name is wrong, and for pull requests from forks',
);

function checkCluster(name: string, context: string): Parsed<string> {
  const expected = 'the name of the cluster in Sidero Omni';
  if (name === '') return refuse(expected, `none, and the context ${quote(context)} has none either`);
  // It is sent as a header.
  return /^[\x21-\x7e]+$/.test(name) ? ok(name) : refuse(expected, quote(name), 'omnictl get clusters lists them');
}
