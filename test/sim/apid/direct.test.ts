import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Directions, direct, type Route } from '../../../sim/apid/direct.ts';
import { StatusError } from '../../../sim/status.ts';

const version = '/machine.MachineService/Version';
const get = '/cosi.resource.State/Get';

function route(overrides: Partial<Directions>): Route | string {
  const isLocal = (target: string) => target === '10.0.0.1' || target === 'self';
  try {
    return direct({ node: [], nodes: [], path: version, forwards: true, isLocal, ...overrides });
  } catch (error) {
    assert.ok(error instanceof StatusError);
    return `${error.code}: ${error.message}`;
  }
}

describe('where apid sends a call', () => {
  const cases: readonly [string, Partial<Directions>, Route | string][] = [
    ['without metadata it answers itself', {}, { kind: 'local' }],
    ['one node', { node: ['10.0.0.2'] }, { kind: 'one', target: '10.0.0.2' }],
    ['itself by address', { node: ['10.0.0.1'] }, { kind: 'one', target: '10.0.0.1' }],
    ['two values of node', { node: ['10.0.0.1', '10.0.0.2'] }, 'INVALID_ARGUMENT: node metadata must be single-valued'],
    ['an empty node', { node: [''] }, 'INTERNAL: invalid target ""'],
    ['a node with a port', { node: ['10.0.0.2:50000'] }, 'INTERNAL: invalid target "10.0.0.2:50000"'],
    ['an IPv6 node', { node: ['fd00::2'] }, { kind: 'one', target: 'fd00::2' }],
    ['many nodes', { nodes: ['10.0.0.2', '10.0.0.3'] }, { kind: 'many', targets: ['10.0.0.2', '10.0.0.3'] }],
    ['nodes win over node', { node: ['10.0.0.9'], nodes: ['10.0.0.2'] }, { kind: 'many', targets: ['10.0.0.2'] }],
    [
      'resources of many nodes',
      { nodes: ['10.0.0.2'], path: get },
      'INVALID_ARGUMENT: one-2-many proxying is not supported for method /cosi.resource.State/Get',
    ],
    ['a worker answers itself', { forwards: false }, { kind: 'local' }],
    ['a worker named by itself', { forwards: false, node: ['10.0.0.1'] }, { kind: 'local' }],
    ['a worker as the only one of nodes', { forwards: false, nodes: ['self'] }, { kind: 'local' }],
    ['a worker asked for another', { forwards: false, node: ['10.0.0.2'] }, 'PERMISSION_DENIED: no request forwarding'],
    [
      'a worker asked for many',
      { forwards: false, nodes: ['10.0.0.1', '10.0.0.2'] },
      'PERMISSION_DENIED: no request forwarding',
    ],
  ];
  for (const [name, directions, expected] of cases) {
    it(name, () => assert.deepEqual(route(directions), expected));
  }
});
