import { readFileSync } from 'node:fs';
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

/** The Markdown of a marked part. */
export function partOf(name: string): string {
  if (name === 'talosctl-checks') return talosctlTable();
  if (name === 'new-checks') return newChecks();
  if (name === 'configuration-forms') return configurationForms();
  if (name === 'import-graph') return importGraph();
  if (/^examples\/[\w./-]+\.yml$/.test(name)) return example(name);
  throw new Error(
    `there is no part "${name}": expected talosctl-checks, new-checks, configuration-forms, import-graph or the path of an example`,
  );
}
