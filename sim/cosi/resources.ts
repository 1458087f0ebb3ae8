import { ResourceDefinitionSpecSchema, Sensitivity } from '../gen/cosi/resource/definition_pb.ts';
import type { EtcdTrouble } from '../model/services.ts';
import type { ClusterState, NodeState } from '../model/state.ts';
import { clusterResources, etcdResources } from './cluster-resources.ts';
import { content, type ResourceContent } from './content.ts';
import { kubernetesResources } from './kubernetes-resources.ts';
import { machineResources } from './machine-resources.ts';
import { aliases, type ResourceType, resourceTypes, types } from './types.ts';

/** What a node's API serves as resources, apart from what is the same on all. */
export function nodeResources(state: ClusterState, node: NodeState, trouble: EtcdTrouble): readonly ResourceContent[] {
  return [
    ...machineResources(state, node, trouble),
    ...etcdResources(state, node),
    ...kubernetesResources(state, node),
  ];
}

/** What is the same on every node. */
export function sharedResources(state: ClusterState): readonly ResourceContent[] {
  return [...definitions, ...clusterResources(state)];
}

/** Whether resources of this type are the same on every node. */
export function isShared(type: string): boolean {
  return [types.definition, types.member, types.info].some((shared) => shared.type === type);
}

/** The type, if the node's Talos knows it. */
export function findType(node: NodeState, type: string): ResourceType | undefined {
  if (node.unsupportedTypes.includes(type)) return undefined;
  return resourceTypes.find((known) => known.type === type);
}

/** How talosctl finds the types. */
const definitions = resourceTypes.map(definition);

function definition(resource: ResourceType): ResourceContent {
  const names = aliases(resource);
  return content(
    types.definition,
    resource.type.toLowerCase(),
    ResourceDefinitionSpecSchema,
    {
      resourceType: resource.type,
      displayType: resource.singular,
      defaultNamespace: resource.namespace,
      ...names,
      sensitivity: resource.sensitive ? Sensitivity.SENSITIVE : Sensitivity.NON_SENSITIVE,
    },
    {
      type: resource.type,
      displayType: resource.singular,
      defaultNamespace: resource.namespace,
      ...names,
      printColumns: [],
      ...(resource.sensitive ? { sensitivity: 'sensitive' } : {}),
    },
  );
}
