import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files that refer to a version of the project. */
export function filesWithReferences(): readonly string[] {
  const folders = ['docs', 'examples', 'templates'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(md|ya?ml)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  return ['README.md', 'SECURITY.md', ...folders.sort()];
}

/**
 * Replaces the version in all references to the action, the package, the component and
 * the image. The action has only the major version, whose tag moves; the others have the whole version.
 *
 * @param version such as `1.2.3`
 */
export function updateReferences(text: string, version: string): string {
  const [major = version] = version.split('.');
  return text
    .replace(/(\btalos-health\/talos-health)@v\d[\w.-]*/g, `$1@v${major}`)
    .replace(/(\btalos-health\/talos-health)\/v\d+\.\d+\.\d+(?=\/)/g, `$1/v${version}`)
    .replace(/(\btalos-health)@\d+\.\d+\.\d+/g, `$1@${version}`)
    .replace(/(\btalos-health\/talos-health):\d+\.\d+\.\d+/g, `$1:${version}`);
}

/** `src/version.ts` for a release: its version, and the tag that its links to the documentation lead to. */
export function releasedSource(text: string, version: string): string {
  return text
    .replace(/(\bversion = )'[^']*'/, `$1'${version}'`)
    .replace(/(\bdocumentationRef: string = )'[^']*'/, `$1'v${version}'`);
}

/** The README without the note that there is no release yet. */
export function withoutNotice(text: string): string {
  return text.replace(/<!-- until the first release -->[\s\S]*?<!-- end -->\n\n/, '');
}

/** The section of the changelog for a version, without its heading; without a date if it is not released yet. */
export function changelogSection(version: string): { readonly date?: string; readonly notes: string } | undefined {
  const sections = readFileSync('CHANGELOG.md', 'utf8').split(/^## /m).slice(1);
  const section = sections.find((text) => text.split(/\s/, 1)[0] === version);
  if (section === undefined) return undefined;
  const [heading = '', ...lines] = section.split('\n');
  const [date] = /\d{4}-\d{2}-\d{2}$/.exec(heading) ?? [];
  return { notes: lines.join('\n').trim(), ...(date !== undefined && { date }) };
}
