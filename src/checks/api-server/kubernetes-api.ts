import type { KubernetesFacets, Snapshot } from '../../observe/snapshot.ts';
import type { Outcome } from '../check.ts';
import { clusterCheck } from '../define.ts';
import { failingParts } from '../facts/api-server.ts';
import { clusterWithoutKubernetes } from '../facts/kubernetes.ts';
import { apiCauses, isReady, mayBeOutOfReach, needsAccess, rightsHint } from '../facts/kubernetes-api.ts';
import { isOfAnotherCluster } from '../facts/kubernetes-match.ts';
import { fail, hint, pass, pending, warn } from '../outcome.ts';
import { withReason } from '../text.ts';

const accessHint = hint(
  'Give a kubeconfig with the input kubeconfig, or a talosconfig whose role is os:admin; or leave the input kubernetes at auto.',
  'talosctl kubeconfig ./kubeconfig',
);
const fileHint = hint('Use a kubeconfig that works with kubectl.', 'kubectl config view', 'kubectl cluster-info');
const talosHint = hint('See whether a control plane gives one.', 'talosctl kubeconfig ./kubeconfig');
const reachHint = hint(
  'Check the server of the kubeconfig (k8s-endpoint names another one), the load balancer in front of the API servers, if there is one, and firewall rules for its port.',
  'kubectl cluster-info',
);
const otherHint = hint(
  'Use the kubeconfig of the cluster that the talosconfig leads to.',
  'talosctl kubeconfig ./kubeconfig',
  'kubectl get nodes -o wide',
);
const partsHint = hint(
  'The API server runs and says what it lacks: often its etcd.',
  "kubectl get --raw '/readyz?verbose'",
);

/** The lists that the user may not read, with the error for the first of them. */
function notPermitted({ nodes, pods, kubeProxy, coredns }: KubernetesFacets): string | undefined {
  const facets = Object.entries({ nodes, pods, DaemonSets: kubeProxy, Deployments: coredns });
  const forbidden = facets.flatMap(([what, facet]) =>
    !facet.ok && facet.error.kind === 'not-authorized' ? [{ what, message: facet.error.message }] : [],
  );
  return forbidden[0] === undefined
    ? undefined
    : `${forbidden.map(({ what }) => what).join(', ')}: ${forbidden[0].message}`;
}

function unanswered({ readyz, server, kubeconfig }: KubernetesFacets, snapshot: Snapshot): Outcome {
  const { layer, kind, message } = readyz.ok ? noAnswer : readyz.error;
  const causes = apiCauses(snapshot);
  if (server === undefined) {
    return kubeconfig === 'input'
      ? layer === 'caller'
        ? fail(message, fileHint)
        : pending(message, fileHint, causes)
      : pending(`no kubeconfig of Talos can be used: ${message}`, talosHint, causes);
  }
  if (kind === 'not-authorized') {
    const words = `${server} does not accept the kubeconfig: ${message}`;
    // A kubeconfig from Talos is made for this API server: if it is refused, that is no error of the caller.
    return kubeconfig === 'input' && isReady(snapshot) ? fail(words, rightsHint) : pending(words, rightsHint, causes);
  }
  const words = `${server} gives no answer: ${message}`;
  return mayBeOutOfReach(snapshot)
    ? warn(
        `${words}; a firewall may stand between, and what only the Kubernetes API tells is not judged`,
        reachHint,
        causes,
      )
    : pending(words, reachHint, causes);
}

const noAnswer = { layer: 'node', kind: 'other', message: 'no answer' } as const;

export const kubernetesApi = clusterCheck({
  id: 'kubernetes-api',
  stage: 'api-server',
  title: 'the Kubernetes API answers that it is ready',
  explanation:
    'The API server that the kubeconfig names, or the load balancer in front, cannot be reached, does not accept the kubeconfig, or says that it is not ready.',
  requires: [],
  reads: [],
  alsoReads: ['readyz', 'kubernetes.nodes', 'kubernetes.pods', 'kubernetes.kubeProxy', 'kubernetes.coredns'],
  docs: {
    pending:
      'the server is silent or refuses connections, answers anything but 200 or 403 (with the parts that fail), or does not accept the kubeconfig; or it is of another cluster (none of its nodes has an address of a discovered machine); or Talos gives an admin no kubeconfig, or the cluster has no Kubernetes though it is `required`. What was wrong when the API fell silent stays so, with its last words, until it is seen to be right',
    fail: 'the kubeconfig cannot be read, or an API server that is ready does not accept it or does not let its user list what is judged; or access is `required`, and there is no way to it',
    warn: "nobody asked for Kubernetes access, it is only tried because the talosconfig is an admin's, and no connection to the server has come about in this run: a firewall may stand between. What needs the Kubernetes API is then skipped",
    skip: "no node of the cluster shows a trace of Kubernetes, or there is no access: no kubeconfig is given and the talosconfig is no admin's, or `kubernetes` is `off`",
    explainedBy: ['credentials', 'topology', 'api-reachable', 'etcd-quorum', 'api-server-ready', 'api-server-endpoint'],
    talosctl: 'it has no such check: the others end in the error of the API server; it never asks for `/readyz`',
    reports: ['siderolabs/talos#9619'],
    advice: 'Check the server of the kubeconfig, the load balancer and firewall rules, and the rights of the user',
    commands: ["kubectl get --raw '/readyz?verbose'", 'kubectl cluster-info', 'kubectl auth can-i list nodes'],
  },
  evaluate(_, { snapshot }) {
    const { kubernetes } = snapshot;
    const none = clusterWithoutKubernetes({ snapshot });
    // If access is required, a cluster without Kubernetes must not pass.
    if (none !== undefined && !kubernetes.required) {
      return none;
    }
    if (!kubernetes.access) {
      return kubernetes.required
        ? fail(`Kubernetes access is required, and there is none: ${kubernetes.why}`, accessHint)
        : needsAccess(kubernetes.why);
    }
    if (!kubernetes.readyz.ok) {
      return unanswered(kubernetes, snapshot);
    }
    const { status } = kubernetes.readyz.value;
    const { server = '' } = kubernetes;
    if (status !== 200 && status !== 403) {
      return pending(
        withReason(`${server}/readyz answers ${status}`, failingParts(kubernetes.readyz.value)),
        partsHint,
        apiCauses(snapshot),
      );
    }
    const forbidden = notPermitted(kubernetes);
    if (forbidden !== undefined) {
      const words = `the kubeconfig's user may not read ${forbidden}`;
      return status === 200 ? fail(words, rightsHint) : pending(words, rightsHint);
    }
    if (isOfAnotherCluster(snapshot)) {
      return pending(
        `${server} is of another cluster: none of its nodes has an address of a machine of this one`,
        otherHint,
      );
    }
    return pass(
      status === 200
        ? `${server} says that it is ready`
        : `${server} answers; its /readyz is closed to the kubeconfig's user`,
    );
  },
});
