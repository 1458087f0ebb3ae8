import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

/** The instructions of each stage. */
const stages = readFileSync('Dockerfile', 'utf8')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .join('\n')
  .split(/^(?=FROM )/m)
  .map((stage) => stage.trim().split('\n'));
const ignoreRules = readFileSync('.dockerignore', 'utf8').split('\n');

test('the image has one stage with a shell, and by default one without', () => {
  assert.deepEqual(
    stages.map(([from]) => from?.replace(/@sha256:[0-9a-f]{64}/, '')),
    [
      'FROM gcr.io/distroless/nodejs24-debian13:debug-nonroot AS shell',
      'FROM gcr.io/distroless/nodejs24-debian13:nonroot AS gate',
    ],
  );
});

for (const [from = '', ...instructions] of stages) {
  test(`${from}: runs without root and without a shell, downloads nothing, and contains only the bundles`, () => {
    assert(instructions.includes('USER 65532:65532'));
    assert.equal(instructions.at(-1), 'ENTRYPOINT ["/nodejs/bin/node", "/talos-health/cli.cjs"]');
    assert(!instructions.some((line) => /^(RUN|ADD) /.test(line)));
    for (const line of instructions.filter((instruction) => instruction.startsWith('COPY '))) {
      const sources = line
        .split(' ')
        .slice(1, -1)
        .filter((word) => !word.startsWith('--'));
      for (const source of sources) {
        assert(existsSync(source), source);
        assert(ignoreRules.includes(`!${source.split('/')[0]}`), `${source} is not in the build context`);
      }
    }
  });
}

test('the build context has only what the image needs', () => {
  assert(ignoreRules.includes('*'));
  assert.deepEqual(
    ignoreRules.filter((line) => line.startsWith('!')),
    ['!LICENSE', '!container', '!dist'],
  );
});
