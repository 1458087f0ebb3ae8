import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import { logProgress } from '../../src/hosts/progress.ts';
import type { RawInputs } from '../../src/inputs/table.ts';
import type { Report } from '../../src/report/model.ts';
import { finalText } from '../../src/report/terminal/console.ts';
import { startProxy, startSocks } from '../builders/proxy-server.ts';
import { run } from '../builders/run.ts';

interface Ran {
  readonly report: Report;
  readonly masked: readonly string[];
}

async function gate(raw: RawInputs, env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const masked: string[] = [];
  const report = await run(
    { 'wait-timeout': '0', 'rpc-timeout': '5s', ...raw },
    {
      env,
      mask: (secrets) => masked.push(...secrets()),
      openProgress: (span) => logProgress(() => undefined, span),
      signal: new AbortController().signal,
    },
  );
  return { report, masked };
}

/** Endpoints with names that only the proxy can resolve. */
function named(cluster: SimulatedCluster) {
  const controlPlanes = cluster.nodes.filter(({ role }) => role === 'controlplane');
  return {
    names: Object.fromEntries(controlPlanes.map(({ name, address }) => [name, address])),
    endpoints: controlPlanes.map(({ name, endpoint }) => `${name}:${endpoint.split(':')[1]}`),
  };
}

const withProxyUrl = (talosconfig: string, url: string): string =>
  talosconfig.replace(/^( +)ca: /m, (line, indent) => `${indent}proxy-url: ${url}\n${line}`);

function failed({ report }: Ran, ...messages: readonly RegExp[]): void {
  assert.equal(report.exitCode, 1);
  for (const message of messages) assert.match(finalText(report), message);
  assert.doesNotMatch(JSON.stringify(report) + finalText(report), /hunter2/);
}

test('with HTTPS_PROXY, every call goes through the proxy, which resolves the names', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 1 });
  const { names, endpoints } = named(cluster);
  await using proxy = await startProxy({ names, login: 'me:hunter2' });
  const talosconfig = cluster.talosconfig('os:reader', { endpoints });
  const ran = await gate({ talosconfig }, { HTTPS_PROXY: `http://me:hunter2@127.0.0.1:${proxy.port}` });
  assert.equal(ran.report.verdict, 'healthy', finalText(ran.report));
  assert.deepEqual([...new Set(proxy.targets)], endpoints);
  assert.ok(ran.masked.includes('hunter2'));
});

test('proxy-url of the talosconfig takes precedence over HTTPS_PROXY, also for the probes of API servers', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 0 });
  await using proxy = await startProxy();
  await using other = await startProxy({ refuse: 403 });
  const talosconfig = withProxyUrl(cluster.talosconfig('os:reader'), `http://127.0.0.1:${proxy.port}`);
  const { report } = await gate({ talosconfig }, { HTTPS_PROXY: `http://127.0.0.1:${other.port}` });
  assert.equal(report.verdict, 'healthy', finalText(report));
  const [node] = cluster.nodes;
  assert.deepEqual([...new Set(proxy.targets)].sort(), [node?.endpoint, `${node?.address}:6443`].sort());
  assert.equal(report.findings.find(({ check }) => check === 'api-server-endpoint')?.status, 'pass');
  assert.deepEqual(other.targets, []);
});

test('with proxy-url, requests to the Kubernetes API go through the proxy', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 1 });
  await using proxy = await startProxy();
  const talosconfig = withProxyUrl(cluster.talosconfig('os:admin'), `http://127.0.0.1:${proxy.port}`);
  const { report } = await gate({ talosconfig, kubernetes: 'required' });
  assert.equal(report.verdict, 'healthy', finalText(report));
  assert.equal(report.findings.find(({ check }) => check === 'coredns')?.status, 'pass');
});

test('calls go through a SOCKS 5 proxy with a login', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 0 });
  const { names, endpoints } = named(cluster);
  await using proxy = await startSocks({ names, login: 'me:hunter2' });
  const talosconfig = withProxyUrl(
    cluster.talosconfig('os:reader', { endpoints }),
    `socks5://me:hunter2@127.0.0.1:${proxy.port}`,
  );
  const { report } = await gate({ talosconfig });
  assert.equal(report.verdict, 'healthy', finalText(report));
  assert.ok(proxy.targets.includes(endpoints[0] ?? ''));
});

test('if NO_PROXY matches the endpoint, the connection is direct', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 0 });
  await using proxy = await startProxy();
  const talosconfig = cluster.talosconfig('os:reader');
  const { report } = await gate(
    { talosconfig },
    { https_proxy: `http://127.0.0.1:${proxy.port}`, no_proxy: '10.0.0.0/8, 127.0.0.0/8' },
  );
  assert.equal(report.verdict, 'healthy', finalText(report));
  assert.deepEqual(proxy.targets, []);
});

test('if a proxy requires a login, the failure names it and the source of its URL', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 0 });
  await using proxy = await startProxy({ login: 'me:hunter2' });
  const name = `127\\.0\\.0\\.1:${proxy.port}`;
  const at = (login: string): string =>
    withProxyUrl(cluster.talosconfig('os:reader'), `http://${login}127.0.0.1:${proxy.port}`);
  failed(
    await gate({ talosconfig: at('') }),
    new RegExp(`the proxy http://${name} wants a login \\(407\\), and its URL has none`),
    /Check the proxy: its address and login/,
  );
  failed(
    await gate({ talosconfig: at('me:hunter22@') }),
    new RegExp(`the proxy http://${name} refuses the login of its URL \\(407\\)`),
  );
});

test('if a proxy is down, forbids the target or cannot reach it, the cause is the proxy and no node', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 0 });
  const endpoint = cluster.endpoints[0] ?? '';
  const at = (port: number): string => withProxyUrl(cluster.talosconfig('os:reader'), `http://127.0.0.1:${port}`);
  const refused = await gate({ talosconfig: at(1) });
  failed(refused, /the proxy http:\/\/127\.0\.0\.1:1 cannot be reached: connect ECONNREFUSED 127\.0\.0\.1:1/);
  assert.deepEqual(
    refused.report.causes.map(({ id, blames }) => [id, blames]),
    [['no-endpoint', 'endpoints']],
  );
  await using strict = await startProxy({ refuse: 403 });
  failed(
    await gate({ talosconfig: at(strict.port) }),
    new RegExp(`the proxy http://127\\.0\\.0\\.1:${strict.port} does not allow connections to ${endpoint} \\(403\\)`),
  );
  await using lost = await startProxy({ refuse: 503 });
  failed(
    await gate({ talosconfig: at(lost.port) }),
    new RegExp(`the proxy http://127\\.0\\.0\\.1:${lost.port} cannot connect to ${endpoint} \\(503\\)`),
  );
});

test('if the server is not a proxy, the failure says so', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 0 });
  await using socks = await startSocks();
  await using proxy = await startProxy();
  const at = (url: string): string => withProxyUrl(cluster.talosconfig('os:reader'), url);
  failed(
    await gate({ talosconfig: at(`http://127.0.0.1:${socks.port}`), 'rpc-timeout': '1s' }),
    /what answers at http:\/\/127\.0\.0\.1:\d+ is no HTTP proxy/,
  );
  failed(
    await gate({ talosconfig: at(`socks5://127.0.0.1:${proxy.port}`) }),
    /what answers at socks5:\/\/127\.0\.0\.1:\d+ is no SOCKS 5 proxy/,
  );
  failed(
    await gate({ talosconfig: at(`https://127.0.0.1:${proxy.port}`) }),
    /no TLS connection with the proxy https:\/\/127\.0\.0\.1:\d+: /,
  );
});

test('an invalid proxy URL is an input error that does not show its login', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 0 });
  const { report } = await gate(
    { talosconfig: cluster.talosconfig('os:reader') },
    { ALL_PROXY: 'ftp://me:hunter2@proxy' },
  );
  assert.deepEqual(report.problems, [
    {
      input: 'ALL_PROXY',
      expected: 'the URL of a proxy, http://, https:// or socks5:// and HOST:PORT',
      got: 'a URL of another kind (ftp:)',
    },
  ]);
});
