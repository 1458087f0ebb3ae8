import type { StageNotes } from './notes.ts';

export const connectivity: StageNotes = {
  credentials: {
    reads:
      "the client certificate of the talosconfig, and each endpoint's answer to the first call (in TLS 1.3 a refused client certificate shows only there)",
    pending:
      'no endpoint accepts the certificate for a reason that may pass: another CA on either side (another cluster, or a node that is not configured yet), or clocks that disagree',
    fail: 'the certificate has expired, has no role that may read, or is missing',
    warn: 'it expires within `min-certificate-days` (14, or a tenth of the lifetime where that is shorter than twice as long; with `profile: strict` that fails), it has expired and is still accepted, or one endpoint of several refuses it',
    skip: 'no endpoint can be reached at all: [`api-reachable`](#api-reachable) has the cause',
    talosctl: 'not a check there: each of its checks ends in the raw error, or repeats it until the timeout',
    advice:
      'Use a talosconfig of this cluster, with a certificate that is valid and has the role `os:reader`, and compare the clocks',
    commands: ['talosctl config info', 'talosctl config new --roles os:reader talosconfig-reader', 'date -u'],
  },
  topology: {
    reads:
      '`Members.cluster.talos.dev` of every endpoint, of the control planes that are none, and of `nodes`, all together; the lists of nodes that were given, what endpoints say of themselves, and without discovery the nodes that Kubernetes has',
    pending:
      'no control plane is known, `only-nodes` names a stranger, discovery gives no answer, or no endpoint does and none is a node (a load balancer)',
    fail: 'every endpoint is a worker, which does not forward calls, or the role may not read the members',
    warn: 'an endpoint cannot be used, the workers cannot be known, the lists and discovery disagree, one discovery lacks a machine that another one has, or a machine has vanished from discovery during the wait',
    skip: 'no endpoint can be reached',
    explainedBy: ['credentials'],
    talosctl:
      'given lists are the cluster there too; unlike there, an endpoint that is a worker and a list that discovery contradicts are named',
    advice: 'Use control plane nodes as endpoints, and give the nodes where discovery cannot tell them',
    commands: ['talosctl get members', 'talosctl config endpoint 10.0.0.1 10.0.0.2 10.0.0.3'],
  },
  'api-reachable': {
    reads:
      '`MachineService.Version` and `Identities.cluster.talos.dev`, through an endpoint; at each of its addresses, until the machine itself answers',
    pending:
      'the node gives no answer, or another machine answers in its place (a virtual IP that has moved, a duplicate address, NAT): refused, no route, no answer in time (frozen), a name that cannot be resolved, a certificate of another CA (maintenance mode), an apid that has just started and refuses everybody; failures of the endpoint and of the node behind it are told apart',
    fail: 'the role may not even read the version: it is none that may read, or every node that answers has refused it for a minute',
    explainedBy: ['credentials', 'topology', 'api-reachable'],
    talosctl: '"apid to be ready" of control planes and workers alike, as one error for all nodes',
    advice:
      'Check that the node is up, the network, firewall rules (TCP port 50000), and that the Talos API is running on it',
    commands: ['talosctl -n 10.0.0.2 -e 10.0.0.2 version', 'talosctl -n 10.0.0.2 get machinestatus --insecure'],
  },
  identity: {
    reads: '`Identities.cluster.talos.dev` and `Nodenames.kubernetes.talos.dev` of each node',
    pending:
      'another node has the same node id (disks that were copied) or the same Kubernetes node name, or the node id gives no answer',
    skip: 'the version of Talos does not tell the node id to a reader',
    talosctl: 'not asked there: who answers at an address is believed',
    advice: 'Give each machine a host name of its own, and wipe the STATE partition of copies',
    commands: ['talosctl -n 10.0.0.2 get identity', 'talosctl -n 10.0.0.2 get nodename'],
  },
  'expected-nodes': {
    reads: 'the nodes of the cluster, as [`topology`](#topology) has them',
    pending:
      'there are more or fewer control planes or workers than expected, fewer workers than `min-healthy-workers` asks for, or the workers are not known',
    warn: 'nodes that discovery still lists, or listed earlier in the wait, do not answer, and as many as expected do (control planes also must not be members of etcd any more); or there are fewer than expected, and still as many as `min-healthy-workers` asks for',
    talosctl: 'not asked there: a node that never joined is not missed',
    advice: 'Compare the nodes that are listed with those that should be there',
    commands: ['talosctl get members', 'kubectl get nodes -o wide'],
  },
};
