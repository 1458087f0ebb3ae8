import { startCluster } from './cluster.ts';
import { type NamedScenario, scenarios } from './scenarios/scenarios.ts';

/** Defaults of the gate in a demo, with shorter timeouts. */
export type DemoInputs = Readonly<Record<string, string>>;

const named: Readonly<Record<string, NamedScenario>> = scenarios;

/** `talos-health demo --scenario list`, and the hint for a name that does not exist. */
export function scenarioList(): string {
  const width = Math.max(...Object.keys(named).map((name) => name.length));
  return Object.entries(named)
    .map(([name, { description }]) => `  ${name.padEnd(width)}  ${description}`)
    .join('\n');
}

export const isScenario = (name: string): boolean => Object.hasOwn(named, name);

/**
 * Starts a simulated cluster, lets the scenario happen to it, and runs the gate
 * on it as on a real one: over mutual TLS with a reader's certificate, or through
 * Omni with a reader's account.
 *
 * @param name of a scenario that exists
 * @returns the gate's exit code
 */
export async function demo(
  name: string,
  gate: (inputs: DemoInputs) => Promise<number>,
  say: (line: string) => void,
): Promise<number> {
  const scenario: NamedScenario = named[name] ?? scenarios.bootstrap;
  say(`Scenario ${name}: ${scenario.description}`);
  await using cluster = await startCluster(scenario.cluster, scenario.dependencies);
  for (const { name: node, role, endpoint } of cluster.nodes) {
    say(`  ${node} (${role}) at ${endpoint}`);
  }
  say('');
  await scenario.play?.(cluster);
  const access =
    cluster.omni === undefined
      ? { talosconfig: cluster.talosconfig('os:reader', scenario.talosconfig?.(cluster)) }
      : {
          talosconfig: cluster.omni.talosconfig(),
          'omni-service-account-key': cluster.omni.createAccount('demo').encoded,
        };
  return await gate({
    ...access,
    'wait-timeout': '20s',
    'retry-interval': '500ms',
    'rpc-timeout': '2s',
    ...scenario.inputs,
  });
}
