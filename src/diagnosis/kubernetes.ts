import { isBroken, serviceText, serviceTroubles } from '../checks/facts/services.ts';
import { hint } from '../checks/outcome.ts';
import { talosctl } from '../checks/text.ts';
import { shellWord } from '../values/shell.ts';
import { openOf, openOnNodes } from './context.ts';
import { matchAlike, matchOf } from './match.ts';
import type { Rule } from './root-cause.ts';

export const sandboxDown: Rule = {
  id: 'sandbox-down',
  symptom: 'sandboxd of a node, since Talos 1.14, does not run, is unhealthy, or is in a crash loop.',
  match: (context) => {
    const down = openOnNodes(context, 'services').flatMap(({ finding, node }) => {
      const { services } = node;
      const sandboxd = services.ok ? services.value.find(({ id }) => id === 'sandboxd') : undefined;
      const isUp = sandboxd?.state === 'Running' && sandboxd.health !== 'unhealthy' && !isBroken(sandboxd, services.at);
      if (sandboxd === undefined || isUp) {
        return [];
      }
      const trouble = serviceTroubles(node, services.ok ? services.value : [], context.snapshot).find(
        ({ service }) => service === sandboxd.id,
      );
      return [{ finding, node, words: trouble?.words ?? serviceText(sandboxd, services.at) }];
    });
    return matchAlike(
      down,
      (title, same) => ({
        title: `${title}: cri, the kubelet and the pods of the machine go down with it`,
        explanation:
          'sandboxd anchors the container runtime and all that runs in it, which are the kubelet, the pods and, on a control plane, etcd: when it ends, all of them end at once, and start anew with it.',
        hint: hint(
          'Read the events and the log of sandboxd; those of cri, the kubelet and etcd only show that they were ended.',
          ...same.flatMap(({ node }) => [talosctl(node, 'service sandboxd'), talosctl(node, 'logs sandboxd')]),
        ),
        consequences: openOnNodes(context, 'etcd-service', 'etcd-leader')
          .filter(({ node }) => same.some((one) => one.node === node))
          .map(({ finding }) => finding),
      }),
      ({ words }) => words,
    );
  },
};

export const kubeletDown: Rule = {
  id: 'kubelet-down',
  symptom: 'The kubelet of a node is the service that is worst off.',
  match: (context) => {
    const down = openOnNodes(context, 'services').filter(
      ({ node }) =>
        node.services.ok && serviceTroubles(node, node.services.value, context.snapshot)[0]?.service === 'kubelet',
    );
    const explanation =
      'Without its kubelet a node is not Ready, starts no pods, and what it last said of its static pods is stale.';
    return matchAlike(down, (title) => ({ title, explanation }));
  },
};

export const apiServersDown: Rule = {
  id: 'api-servers-down',
  symptom: 'The kube-apiserver is not ready on any of several control planes, and nothing below it explains that.',
  match: (context) => {
    const all = context.findings.filter(({ check }) => check === 'api-server-ready');
    const findings = openOf(context, 'api-server-ready');
    const messages = [...new Set(findings.map(({ message }) => message))];
    return all.length < 2 || findings.length < all.length
      ? []
      : matchOf(findings, {
          title: `no API server works: ${messages.slice(0, 2).join('; ')}`,
          explanation:
            'Nobody can use Kubernetes, no node registers or becomes Ready, and the other components wait. Where all fail alike, look at what they share: the configuration, a certificate, an admission plugin, the image.',
        });
  },
};

/** Below this number or share of nodes, each may have a reason of its own. */
const minNodes = 3;
const minShare = 3 / 4;

export const cniMissing: Rule = {
  id: 'cni-missing',
  symptom:
    'All nodes that are registered and whose kubelet runs (at least two), or more than three quarters (at least three), are not Ready at once.',
  match: (context) => {
    const judged = context.findings.filter(
      ({ check, status }) => check === 'node-ready' && (status === 'pass' || status === 'pending'),
    );
    const notReady = openOnNodes(context, 'node-ready').filter(
      ({ node }) =>
        node.nodename.ok &&
        node.nodeStatuses.ok &&
        node.nodeStatuses.value.some(
          ({ ready, nodename }) => !ready && node.nodename.ok && nodename === node.nodename.value.nodename,
        ),
    );
    const everywhere = notReady.length >= 2 && notReady.length === judged.length;
    const nearly = notReady.length >= minNodes && notReady.length > judged.length * minShare;
    if (!everywhere && !nearly) {
      return [];
    }
    const findings = notReady.map(({ finding }) => finding);
    const [first] = notReady;
    return matchOf(findings, {
      title: everywhere
        ? 'no node is Ready: the network plugin (CNI) is missing or does not work'
        : `${findings.length} of ${judged.length} nodes are not Ready: probably the network plugin (CNI) does not work`,
      explanation:
        'The kubelets run and the nodes are registered; what such nodes lack all at once is the network for pods.',
      hint: hint(
        'See what the nodes say, and install the network plugin or see why its pods do not run. With cluster.network.cni.name "none" or "custom" in the machine configuration it is not installed by Talos.',
        ...(first?.node.nodename.ok === true
          ? [`kubectl describe node ${shellWord(first.node.nodename.value.nodename)}`]
          : []),
        'kubectl -n kube-system get pods -o wide',
        ...(first === undefined ? [] : [talosctl(first.node, 'logs kubelet')]),
      ),
    });
  },
};
