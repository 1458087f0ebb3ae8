import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** What a folder is for, in a word or two; the files of src itself are its entries. */
const folders: Readonly<Record<string, string>> = {
  entries: 'action.ts, cli.ts, run.ts, host.ts',
  hosts: 'GitHub, the command line, commands, files',
  report: 'one model, many renderings',
  explain: 'what is told of a check',
  diagnosis: 'what explains what',
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

/** Which folder of src imports which others. */
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
      // What a host is, and the version, are at the top: nothing of a host's own.
      if (to !== from && to !== 'entries' && !path.startsWith('..')) targets.add(to);
    }
  }
  return edges;
}

type Edges = ReadonlyMap<string, ReadonlySet<string>>;

function reachable(edges: Edges, from: string): ReadonlySet<string> {
  const seen = new Set(edges.get(from));
  // A set takes in what is added while it is gone through.
  for (const folder of seen) {
    for (const next of edges.get(folder) ?? []) seen.add(next);
  }
  return seen;
}

/** Whether one leads to the other without the direct way. */
function isDetour(edges: Edges, from: string, to: string): boolean {
  return [...(edges.get(from) ?? [])].some((next) => next !== to && reachable(edges, next).has(to));
}

/** The folders of src and their imports, without those that others imply, as Mermaid draws them. */
export function importGraph(): string {
  const edges = importsOf();
  const names = [...new Set([...Object.keys(folders), ...[...edges.keys()].sort()])].filter((name) => edges.has(name));
  const nodes = names.map(
    (name) => `  ${name}["<b>${name}</b>${folders[name] === undefined ? '' : `<br>${folders[name]}`}"]`,
  );
  const arrows = names.flatMap((from) =>
    names.flatMap((to) => (edges.get(from)?.has(to) && !isDetour(edges, from, to) ? [`  ${from} --> ${to}`] : [])),
  );
  return ['```mermaid', 'flowchart TD', ...nodes, ...arrows, '```'].join('\n');
}
