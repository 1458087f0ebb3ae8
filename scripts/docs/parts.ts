import { readFileSync } from 'node:fs';
import { kubernetesSkew, talosCompatibility } from '../../src/checks/facts/compatibility.ts';
import { registry } from '../../src/checks/registry.ts';
import { forms } from '../../src/credentials/formats/table.ts';
import { talosctlChecks } from '../../src/server-mode/talosctl-checks.ts';
import { importGraph } from './graph.ts';

const link = (id: string): string => `[\`${id}\`](checks.md#${id})`;

/** The checks for each line of `talosctl health`. */
function talosctlTable(): string {
  const rows = talosctlChecks.map(
    ({ title, checks }) => `| ${title} | ${checks.map(({ check }) => link(check)).join(', ')} |`,
  );
  return ['| `waiting for …` | check here |', '| --- | --- |', ...rows].join('\n');
}

/** Checks without a line in `talosctl health`. */
function newChecks(): string {
  const known = new Set(talosctlChecks.flatMap(({ checks }) => checks.map(({ check }) => check)));
  const added = registry.filter(({ id }) => !known.has(id));
  return added.map(({ id, title }) => `- ${link(id)}: ${title}`).join('\n');
}

function example(path: string): string {
  return ['```yaml', readFileSync(path, 'utf8').trimEnd(), '```'].join('\n');
}

/** The accepted and refused forms of a talosconfig or kubeconfig. */
function configurationForms(): string {
  const rows = forms.map(({ name, read, advice }) => {
    const results = [...(read === undefined ? [] : ['read']), ...(advice === undefined ? [] : [`refused: ${advice}`])];
    return `| ${name} | ${results.join('; if it is not clear which text is meant, ')} |`;
  });
  return ['| what was given | what is made of it |', '| --- | --- |', ...rows].join('\n');
}

/** What upgrades to what. */
function talosVersions(): string {
  const { source, date, releases } = talosCompatibility;
  const rows = releases
    .toReversed()
    .map(({ talos, from, below, kubernetes }) => `| ${talos} | ${from} | ${below} | ${kubernetes.join(' to ')} |`);
  const { apiServers, kubelet, olderKubelet } = kubernetesSkew;
  return [
    `Of Talos, from [its own rules](${source}) of ${date}:`,
    ['| Talos | upgrades from | takes hosts below | runs Kubernetes |', '| --- | --- | --- | --- |', ...rows].join(
      '\n',
    ),
    `Of Kubernetes, from [its version skew policy](${kubernetesSkew.source}) of ${kubernetesSkew.date}: API servers are at most ${apiServers} minor release apart, and an upgrade goes one at a time. A kubelet is not newer than any API server, and at most ${kubelet} minor releases older (${olderKubelet.behind}, before ${olderKubelet.before}). kube-controller-manager and kube-scheduler are as old as the API server of their machine, or one minor release older.`,
  ].join('\n\n');
}

/** The Markdown of a marked part. */
export function partOf(name: string): string {
  if (name === 'talosctl-checks') return talosctlTable();
  if (name === 'new-checks') return newChecks();
  if (name === 'configuration-forms') return configurationForms();
  if (name === 'import-graph') return importGraph();
  if (name === 'talos-versions') return talosVersions();
  if (/^examples\/[\w./-]+\.yml$/.test(name)) return example(name);
  throw new Error(
    `there is no part "${name}": expected talosctl-checks, new-checks, configuration-forms, import-graph, talos-versions or the path of an example`,
  );
}
