// A step of the release: checks that the tag is the version of the repository, and
// writes the release notes. Standard output is for $GITHUB_OUTPUT.
//   node scripts/release/verify.ts vX.Y.Z NOTES-FILE
import { writeFileSync } from 'node:fs';
import { version } from '../../src/version.ts';
import { changelogSection } from './references.ts';

const [tag = '', notesFile = 'notes.md'] = process.argv.slice(2);
if (tag !== `v${version}`) {
  throw new Error(`expected the tag v${version}, which is the version of the package, got "${tag}"`);
}
const section = changelogSection(version);
if (section?.date === undefined || section.notes === '') {
  throw new Error(
    `CHANGELOG.md: expected a section "## ${version} - YYYY-MM-DD" with the changes: run "npm run release -- ${version}"`,
  );
}
writeFileSync(notesFile, `${section.notes}\n`);
const [major, minor] = version.split('.');
console.log(`version=${version}\nminor=${major}.${minor}\nmajor=${major}`);
