// A separate bundle that any version of Node can parse, as in cli.ts: runners of other forges may use an old one.
import { versionError } from './hosts/node-version.ts';

const message = versionError(process.versions.node);
if (message === undefined) {
  import('./hosts/github.ts');
} else {
  console.log(`::error::${message}`);
  process.exitCode = 2;
}
