import type { NodeSnapshot } from '../observe/snapshot.ts';
import { shellWord } from '../values/shell.ts';

/** Events of services can span lines; a message is a single line. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** `who: what`, or `who` alone if `what` is empty. */
export function withReason(who: string, what: string): string {
  return what.trim() === '' ? who : `${who}: ${what}`;
}

/** `1 node`, `2 nodes`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

/** A share of one, rounded down: `81 %`. */
export function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}

/** Epoch milliseconds as `2026-01-31 12:00 UTC`. */
export function date(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

export const readContainers = 'List its containers, and read the log of the one that fails by its ID.';

/** The commands for `readContainers`. The ID of the container is not known, so they have a placeholder. */
export function containerLogs(node: NodeSnapshot): readonly string[] {
  return [talosctl(node, 'containers --kubernetes'), talosctl(node, 'logs --kubernetes CONTAINER-ID')];
}

/** A command for nodes, such as `talosctl -n 10.0.0.3 logs kubelet`. Without nodes, talosctl uses those of the talosconfig. */
export function talosctl(nodes: NodeSnapshot | readonly NodeSnapshot[], command: string): string {
  const addresses = [nodes].flat().map(({ node }) => shellWord(node.address));
  return addresses.length === 0 ? `talosctl ${command}` : `talosctl -n ${addresses.join(',')} ${command}`;
}

/** The host of `host:port`, IPv6 without its brackets. */
export function hostOf(endpoint: string): string {
  return endpoint.slice(0, endpoint.lastIndexOf(':')).replace(/^\[|\]$/g, '');
}
