// The tests run TypeScript without compiling it, which requires Node 24, the runtime of the action.
// npm installs it as an optional package. If that failed, the tests use the Node of the machine.
const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  console.error(
    `talos-health: the tests need Node 24 or newer, this is ${process.version}. ` +
      'The npm package "node" brings it: run "npm ci" again without --omit=optional and with install scripts allowed, or install Node 24.',
  );
  process.exit(1);
}
