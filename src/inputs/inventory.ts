/** What a node is and has, as the JSON report says it and a later run compares it. What is not known is absent. */
export interface NodeInventory {
  readonly name: string;
  /** Goes with a wipe. */
  readonly nodeId?: string;
  readonly role: 'controlplane' | 'worker';
  readonly talosVersion?: string;
  /** Of the kubelet, else of kube-apiserver. */
  readonly kubernetesVersion?: string;
  /** The kernel's id of the boot, or before Talos 1.14 its time (ISO 8601). */
  readonly boot?: { readonly id: string } | { readonly at: string };
  /** Absent too if the image is not the Image Factory's. */
  readonly schematic?: string;
  /** `iscsi-tools:v0.2.0`, by name. */
  readonly extensions?: readonly string[];
  readonly etcdMemberId?: string;
  /** Those on disks, by id. */
  readonly volumes?: readonly { readonly id: string; readonly phase: string }[];
  /** Ids of the static pods that the node wants, sorted. */
  readonly staticPods?: readonly string[];
}
