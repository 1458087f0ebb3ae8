import type { NodeSnapshot } from '../../observe/snapshot.ts';
import { isNotExposed } from '../../talos/failure.ts';
import type { NetworkStatus } from '../../talos/model/network.ts';
import { nodeCheck } from '../define.ts';
import { failedProbes } from '../facts/probes.ts';
import { here, hint, notKnown, pass, pending } from '../outcome.ts';
import { count, talosctl } from '../text.ts';

const parts: readonly (readonly [keyof NetworkStatus, string])[] = [
  ['addressReady', 'it has no address'],
  ['connectivityReady', 'it has no connectivity: no default route, or a probe fails'],
  ['hostnameReady', 'it has no host name'],
  ['etcFilesReady', '/etc/hosts and /etc/resolv.conf are not written'],
];

/** Ports of bonds that are down: the bond works, and lacks what it is there for. */
function downPorts({ links }: NodeSnapshot): readonly string[] {
  return (links.ok ? links.value : [])
    .filter(({ bond, isDown }) => bond !== undefined && isDown)
    .map(({ name }) => name);
}

export const network = nodeCheck({
  id: 'network',
  stage: 'readiness',
  scope: 'node',
  title: 'the network of the machine is up',
  explanation:
    'The machine lacks an address, a default route, a host name or its name servers, or a port of a bond is down.',
  requires: ['api-reachable', 'boot-finished'],
  reads: ['network'],
  alsoReads: ['links', 'probes'],
  docs: {
    pending:
      'Talos says that addresses, connectivity, the host name or the files in /etc are not ready; or a port of a bond is down. Other interfaces may be down: Talos does not tell a reader which ones are needed',
    skip: 'the version of Talos does not expose the status of the network to a reader',
    explainedBy: ['probes'],
    talosctl: 'not asked there: a bond with one port left passes',
    reports: ['siderolabs/talos#10752', 'siderolabs/talos#12315'],
    advice: 'Check the cables and the switch, and the addresses, routes and name servers of the machine configuration',
    commands: [
      'talosctl -n 10.0.0.2 get networkstatus -o yaml',
      'talosctl -n 10.0.0.2 get links',
      'talosctl -n 10.0.0.2 get addresses',
      'talosctl -n 10.0.0.2 get routes',
    ],
  },
  evaluate({ network }, { node }) {
    const lacking = parts.filter(([part]) => !network[part]);
    const ports = downPorts(node);
    const words = [
      ...lacking.map(([, text]) => text),
      ...(ports.length === 0 ? [] : [`${count(ports.length, 'port')} of a bond down: ${ports.join(', ')}`]),
    ];
    if (words.length > 0) {
      const isProbe = failedProbes(node).length > 0 && lacking.every(([part]) => part === 'connectivityReady');
      return pending(
        words.join('; '),
        hint(
          'Check the cables and the switch, and the addresses, routes and name servers of the machine configuration.',
          ...['networkstatus -o yaml', 'links', 'addresses', 'routes'].map((what) => talosctl(node, `get ${what}`)),
        ),
        ports.length === 0 && isProbe ? here('probes') : [],
      );
    }
    const { links } = node;
    return links.ok || isNotExposed(links.error)
      ? pass('addresses, connectivity and host name')
      : notKnown(
          `the network interfaces could not be read: ${links.error.message}`,
          hint('See which ones are up.', talosctl(node, 'get links')),
        );
  },
});
