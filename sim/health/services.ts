import { addressesOf, ask, errorList, type HealthView, isNode, type Outcome } from './view.ts';

/** Whether a service is Running and healthy on every control plane. */
export function serviceOutcome(view: HealthView, service: string): Outcome {
  const problems: string[] = [];
  const { controlPlanes } = addressesOf(view);
  let answers = 0;
  for (const address of [...controlPlanes].sort()) {
    const node = ask(view, address);
    if (!isNode(node)) {
      const what = `error getting service info for service ${JSON.stringify(service)} from node ${JSON.stringify(address)}`;
      return { error: `${what}: ${node.error}`, slow: node.slow };
    }
    const record = view.services(node.name).find(({ id }) => id === service);
    if (record === undefined) continue;
    answers += 1;
    const last = record.events.at(-1);
    if (last === undefined) problems.push(`${address}: no events recorded yet for service ${JSON.stringify(service)}`);
    else if (last.state !== 'Running') {
      problems.push(
        `${address}: service ${JSON.stringify(service)} not in expected state "Running": current state [${last.state}] ${last.message}`,
      );
    } else if (record.health !== 'healthy') problems.push(`${address}: service is not healthy: ${service}`);
  }
  if (answers !== controlPlanes.length) {
    return { error: `expected a response with ${controlPlanes.length} node(s), got ${answers}` };
  }
  return problems.length === 0 ? 'OK' : { error: errorList(problems) };
}
