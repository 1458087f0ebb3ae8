#!/usr/bin/env node
// A bundle of its own that any Node can read: the rest is in words that an old one does not know.
import { tooOld } from './hosts/node-version.ts';

const complaint = tooOld(process.versions.node);
if (complaint === undefined) {
  import('./hosts/command-line.ts');
} else {
  console.error(complaint);
  process.exitCode = 2;
}
