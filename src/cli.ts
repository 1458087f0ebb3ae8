#!/usr/bin/env node
// A separate bundle that any version of Node can parse. Old versions do not know the syntax of the others.
import { versionError } from './hosts/node-version.ts';

const message = versionError(process.versions.node);
if (message === undefined) {
  import('./hosts/command-line.ts');
} else {
  console.error(message);
  process.exitCode = 2;
}
