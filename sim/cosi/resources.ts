import { ResourceDefinitionSpecSchema, Sensitivity } from '../gen/cosi/resource/definition_pb.ts';
import type { NodeState } from '../model/node-state.ts';
import { minorVersion } from '../model/scenario.ts';
import type { EtcdTrouble } from '../model/services.ts';
import { type ClusterState, talosVersionOf } from '../model/state.ts';
import { etcdResources, identity, info, memberResources } from './cluster-resources.ts';
import { content, type ResourceContent } from './content.ts';
import { equipmentResources } from './equipment-resources.ts';
import { kubernetesResources } from './kubernetes-resources.ts';
import { machineResources } from './machine-resources.ts';
import { aliases, type ResourceType, resourceTypes, types } from './types.ts';
import { upgradeResources } from './upgrade-resources.ts';

/** What a node's API serves as resources, apart from what is the same on all. */
function nodeResources(state: ClusterState, node: NodeState, trouble: EtcdTrouble): readonly ResourceContent[] {
  return [
    ...machineResources(state, node, trouble),
    ...equipmentResources(state, node),
    ...upgradeResources(state, node),
    ...(node.presence === 'maintenance' ? [] : [identity(node), info(state)]),
    ...etcdResources(state, node),
    ...kubernetesResources(state, node),
  ];
}

/**
 * Resources that are brought up to date together: the definitions never change,
 * and Members are apart, since each node may list all the others.
 */
export type Scope = 'definitions' | 'members' | 'node';

export function scopeOf(type: string): Scope {
  if (type === types.definition.type) return 'definitions';
  return type === types.member.type ? 'members' : 'node';
}

export function resourcesOf(
  scope: Scope,
  state: ClusterState,
  node: NodeState,
  trouble: EtcdTrouble,
): readonly ResourceContent[] {
  switch (scope) {
    case 'definitions':
      return definitions;
    case 'members':
      return memberResources(state, node);
    case 'node':
      return nodeResources(state, node, trouble);
  }
}

/** The types that the node's Talos knows. */
export function typesOf(state: ClusterState, node: NodeState): readonly ResourceType[] {
  const minor = minorVersion(talosVersionOf(state, node));
  return resourceTypes.filter(({ type, since = 0 }) => since <= minor && !node.unsupportedTypes.includes(type));
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
