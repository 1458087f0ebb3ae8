export interface Nodename {
  readonly nodename: string;
  readonly skipNodeRegistration: boolean;
}

export interface NodeStatus {
  readonly nodename: string;
  readonly ready: boolean;
  readonly unschedulable: boolean;
}

/** The definition of a static pod on a node. */
export interface StaticPod {
  /** The id of the resource, such as `kube-apiserver`. */
  readonly id: string;
  readonly namespace: string;
  /** `metadata.name`, to which the kubelet appends the node name. */
  readonly name: string;
  readonly restartPolicy: string;
  /** The image of the first container; `''` if there is none. */
  readonly image: string;
  /** Whether the first container has a readiness probe. Without one, it is ready while its process runs. */
  readonly probed: boolean;
  /** `--secure-port` of the first container, such as that of kube-apiserver. */
  readonly port?: number;
}

/** The status of a static pod, from the kubelet. */
export interface StaticPodStatus {
  /** `namespace/name-nodename`. */
  readonly id: string;
  readonly phase: string;
  readonly ready: boolean;
  /** Why it is not ready, such as `CrashLoopBackOff: back-off 5m0s …`; `''` if it is ready. */
  readonly reason: string;
}
