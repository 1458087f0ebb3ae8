import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The purpose of each folder. `entries` stands for the files of src itself. */
const folders: Readonly<Record<string, string>> = {
  entries: 'action.ts, cli.ts, run.ts, host.ts',
  hosts: 'GitHub, the command line, commands, files',
  report: 'one model, many renderings',
  explain: 'descriptions of checks',
  diagnosis: 'root causes of findings',
  'server-mode': 'mode: server',
  gate: 'evaluate, wait, verdict',
  checks: 'pure: snapshot in, findings out',
  observe: 'discovery, snapshots, watches',
  kubernetes: 'the Kubernetes API',
  talos: 'the Talos API: gRPC, mTLS',
  inputs: 'one table of inputs, options, policies',
  credentials: 'talosconfig, kubeconfig, secrets',
  net: 'connections, proxies',
  values: 'addresses, durations, YAML',
  gen: 'generated from proto/',
};

const folderOf = (file: string): string => (file.includes('/') ? file.slice(0, file.indexOf('/')) : 'entries');

/** The imports between the folders of src. */
function importsOf(): Edges {
  const edges = new Map<string, Set<string>>();
  for (const file of readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))) {
    const from = folderOf(file.replaceAll('\\', '/'));
    const targets = edges.get(from) ?? new Set();
    edges.set(from, targets);
    for (const [, specifier = ''] of readFileSync(join('src', file), 'utf8').matchAll(
      /\b(?:from |import\()'(\.[^']+)'/g,
    )) {
      const path = relative('src', join('src', file, '..', specifier)).replaceAll('\\', '/');
      const to = folderOf(path);
      // Some folders import host.ts and version.ts, which only hold a type and a constant.
      if (to !== from && to !== 'entries' && !path.startsWith('..')) targets.add(to);
    }
  }
  return edges;
}

type Edges = ReadonlyMap<string, ReadonlySet<string>>;

function reachable(edges: Edges, from: string): ReadonlySet<string> {
  const found = new Set(edges.get(from));
  // The iteration includes folders that are added meanwhile.
  for (const folder of found) {
    for (const next of edges.get(folder) ?? []) found.add(next);
  }
  return found;
}

/** Whether other imports already imply this one. */
function isImplied(edges: Edges, from: string, to: string): boolean {
  return [...(edges.get(from) ?? [])].some((next) => next !== to && reachable(edges, next).has(to));
}

/** A Mermaid diagram of the folders of src and their imports, without implied ones. */
export function importGraph(): string {
  const edges = importsOf();
  const names = [...new Set([...Object.keys(folders), ...[...edges.keys()].sort()])].filter((name) => edges.has(name));
  const nodes = names.map(
    (name) => `  ${name}["<b>${name}</b>${folders[name] === undefined ? '' : `<br>${folders[name]}`}"]`,
  );
  const arrows = names.flatMap((from) =>
    names.flatMap((to) => (edges.get(from)?.has(to) && !isImplied(edges, from, to) ? [`  ${from} --> ${to}`] : [])),
  );
  return ['```mermaid', 'flowchart TD', ...nodes, ...arrows, '```'].join('\n');
}
