import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ObjectContent } from '../../../sim/kubernetes/objects/content.ts';
import { kinds } from '../../../sim/kubernetes/objects/kinds.ts';
import { fieldSelector, labelSelector } from '../../../sim/kubernetes/selectors.ts';

const pod: ObjectContent = {
  kind: kinds.pod,
  name: 'kube-proxy-bcdfg',
  labels: { 'k8s-app': 'kube-proxy', 'node-role.kubernetes.io/control-plane': '' },
  spec: {},
  status: {},
  conditions: [],
  fields: { 'spec.nodeName': 'cp-1' },
};

const labels: readonly (readonly [selector: string, selects: boolean])[] = [
  ['', true],
  ['k8s-app=kube-proxy', true],
  ['k8s-app==kube-proxy', true],
  ['k8s-app = kube-proxy', true],
  ['k8s-app=kube-dns', false],
  ['k8s-app!=kube-dns', true],
  ['tier!=node', true],
  ['k8s-app in (kube-dns, kube-proxy)', true],
  ['k8s-app in (kube-apiserver,kube-scheduler),k8s-app', false],
  ['k8s-app notin (kube-dns)', true],
  ['node-role.kubernetes.io/control-plane', true],
  ['node-role.kubernetes.io/control-plane=', true],
  ['!node-role.kubernetes.io/control-plane', false],
  ['tier', false],
  ['!tier,k8s-app=kube-proxy', true],
];

for (const [selector, selects] of labels) {
  it(`labels ${JSON.stringify(selector)}`, () => assert.equal(labelSelector(selector)(pod), selects));
}

it('fields', () => {
  assert.equal(fieldSelector('metadata.name=kube-proxy-bcdfg,spec.nodeName=cp-1')(pod), true);
  assert.equal(fieldSelector('metadata.namespace=default')(pod), false);
  assert.equal(fieldSelector('spec.nodeName!=cp-1')(pod), false);
});

it('what makes no sense is refused', () => {
  assert.throws(() => labelSelector('k8s-app in kube-dns'), {
    message: "unable to parse requirement: found 'k8s-app in kube-dns'",
  });
  assert.throws(() => fieldSelector('spec.nodeName'), {
    message: "invalid selector: 'spec.nodeName'; can't understand 'spec.nodeName'",
  });
  assert.throws(() => fieldSelector('spec.colour=red')(pod), { message: 'field label not supported: spec.colour' });
});
