import { createServer } from 'node:net';
import { nodeNames, type Scenario } from './model/scenario.ts';

/** An address in the cluster, and the socket address that it maps to. */
export interface Place {
  /** As Talos knows it. */
  readonly address: string;
  /** `port` 0 means any. */
  readonly api: { readonly host: string; readonly port: number };
  readonly kubernetes: { readonly host: string; readonly port: number };
}

export interface NodePlace extends Place {
  readonly name: string;
}

export interface NetworkOptions {
  /** Port of the Talos API; 50000, as nodes expect of each other. */
  readonly port: number;
  /** Port of kube-apiserver. */
  readonly kubernetesPort: number;
  /** The first three numbers of the nodes' addresses, such as `127.77.0`; by default any free one. */
  readonly subnet?: string;
  /** `ports`: all nodes are ports of 127.0.0.1; by default only where there is no other way. */
  readonly mode?: 'addresses' | 'ports';
}

const attempts = 20;
/** How many nodes share the first three numbers of their addresses. */
const hosts = 250;

/**
 * Every node gets a loopback address of its own. Only Linux answers on all of
 * 127.0.0.0/8; elsewhere the nodes are ports of 127.0.0.1, and their addresses
 * have a meaning only inside of the simulated cluster.
 */
export async function placeNodes(scenario: Scenario, options: NetworkOptions): Promise<readonly NodePlace[]> {
  if (options.subnet !== undefined) return onAddresses(scenario, options, options.subnet);
  if (options.mode === 'ports' || !(await canListen('127.0.0.2', 0))) return onPorts(scenario);
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const subnet = `127.${random(1, 254)}.${random(0, 240)}`;
    if (await canListen(`${subnet}.1`, options.port)) return onAddresses(scenario, options, subnet);
  }
  throw new Error(
    `no loopback address with port ${options.port} free: ${attempts} networks of 127.0.0.0/8 were tried; is something listening on 0.0.0.0:${options.port}?`,
  );
}

function onAddresses(
  scenario: Scenario,
  { port, kubernetesPort }: NetworkOptions,
  subnet: string,
): readonly NodePlace[] {
  const [a = '127', b = '0', c = '0'] = subnet.split('.');
  return nodeNames(scenario).map(({ name }, index) => {
    const address = [a, b, Number(c) + Math.floor(index / hosts), (index % hosts) + 1].join('.');
    return { name, address, api: { host: address, port }, kubernetes: { host: address, port: kubernetesPort } };
  });
}

function onPorts(scenario: Scenario): readonly NodePlace[] {
  const any = { host: '127.0.0.1', port: 0 };
  return nodeNames(scenario).map(({ name }, index) => {
    return { name, address: `10.5.${Math.floor(index / hosts)}.${(index % hosts) + 2}`, api: any, kubernetes: any };
  });
}

/** The virtual address of the control plane, in the network of the first node; no node has its last number. */
export function vipPlace(first: NodePlace): Place {
  const address = lastNumber(first.address, 253);
  const place = ({ host, port }: Place['api']) => ({ host: host === first.address ? address : host, port });
  return { address, api: place(first.api), kubernetes: place(first.kubernetes) };
}

function lastNumber(address: string, number: number): string {
  return [...address.split('.').slice(0, 3), number].join('.');
}

async function canListen(host: string, port: number): Promise<boolean> {
  const server = createServer();
  const listening = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen({ host, port, exclusive: true }, () => resolve(true));
  });
  if (listening) await new Promise<void>((resolve) => server.close(() => resolve()));
  return listening;
}

function random(from: number, to: number): number {
  return from + Math.floor(Math.random() * (to - from + 1));
}
