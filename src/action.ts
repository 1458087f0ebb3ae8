// A bundle of its own that any Node can read, as in cli.ts: runners of other forges choose their own.
import { tooOld } from './hosts/node-version.ts';

const complaint = tooOld(process.versions.node);
if (complaint === undefined) {
  import('./hosts/github.ts');
} else {
  console.log(`::error::${complaint}`);
  process.exitCode = 2;
}
