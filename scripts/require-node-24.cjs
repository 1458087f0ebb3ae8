// The tests run TypeScript as it is, which needs the runtime of the action.
// npm brings it as an optional package; where that failed, the machine's own Node must do.
const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  console.error(
    `talos-health: the tests need Node 24 or newer, this is ${process.version}. ` +
      'The npm package "node" brings it: run "npm ci" again without --omit=optional and with install scripts allowed, or install Node 24.',
  );
  process.exit(1);
}
