import { talosctlChecks } from '../../src/server-mode/talosctl-checks.ts';

const link = (check: string): string => `[\`${check}\`](#${check})`;

/** What `mode: server` checks, and the checks under which it reports the results. */
export function serverSection(): string {
  const rows = talosctlChecks.map(({ title, checks, skipped = '–', since }) => {
    const name = since === undefined ? title : `${title} (since Talos ${since})`;
    return `| ${name} | ${checks.map(({ check }) => link(check)).join(', ')} | ${skipped} |`;
  });
  return [
    '## Mode server',
    `With \`mode: server\` a control plane node looks at the cluster on the gate's behalf, as in \`talosctl health\`: the gate reads what it says,
and tells it under the checks of this page. The node looks at one thing after another, and waits for each: what comes
after the first that does not pass is \`blocked\` by it. An error that names a node, or says more exactly what is wrong, is laid
on that: a node that cannot be reached on [\`api-reachable\`](#api-reachable), a call that Kubernetes did not answer on
[\`kubernetes-api\`](#kubernetes-api), a pod of kube-apiserver on [\`api-server-ready\`](#api-server-ready).`,
    ['| waiting for | told under | skipped by the node where |', '| --- | --- | --- |', ...rows].join('\n'),
    'What is not in this table only mode client sees.',
    '### server-check',
    [
      '- **Passes when**: a control plane node ends its health check, and has said of every check in the table that it passed or was skipped.',
      '- **Otherwise**: Nobody who was asked gives a verdict, or one ended without everything that belongs to it.',
      '- **Judges**: the cluster as a whole, with `mode: server` only.',
      '- **Reads**: `ClusterService.HealthCheck`. The node acts with the rights of its caller, and needs `os:admin`.',
      '- **Pending**: the node is silent, says what no Talos says, waits for something that this version of the gate does not know, or fails before its verdict. The next control plane node is then asked, with the time that is left.',
      '- **Fails, and ends the wait**: nobody who was asked has such a service, or the role may not ask for it. A role that does not suffice for what the node does is told under [`credentials`](#credentials).',
      '- **What to do**: Check the control plane nodes, or use mode client.',
    ].join('\n'),
  ].join('\n\n');
}
