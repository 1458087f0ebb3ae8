import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

/** Instructions with their arguments, by stage. */
const stages = readFileSync('Dockerfile', 'utf8')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .join('\n')
  .split(/^(?=FROM )/m)
  .map((stage) => stage.trim().split('\n'));
const kept = readFileSync('.dockerignore', 'utf8').split('\n');

test('the stages: one with a shell, and by default one without', () => {
  assert.deepEqual(
    stages.map(([from]) => from),
    [
      'FROM gcr.io/distroless/nodejs24-debian13:debug-nonroot AS shell',
      'FROM gcr.io/distroless/nodejs24-debian13:nonroot AS gate',
    ],
  );
});

for (const [from = '', ...instructions] of stages) {
  test(`${from}: no root, no shell to start the gate, nothing downloaded, only the bundles`, () => {
    assert(instructions.includes('USER 65532:65532'));
    assert.equal(instructions.at(-1), 'ENTRYPOINT ["/nodejs/bin/node", "/talos-health/cli.cjs"]');
    assert(!instructions.some((line) => /^(RUN|ADD) /.test(line)));
    for (const line of instructions.filter((one) => one.startsWith('COPY '))) {
      const sources = line
        .split(' ')
        .slice(1, -1)
        .filter((word) => !word.startsWith('--'));
      for (const source of sources) {
        assert(existsSync(source), source);
        assert(kept.includes(`!${source.split('/')[0]}`), `${source} is not sent to the builder`);
      }
    }
  });
}

test('the builder is sent nothing else', () => {
  assert(kept.includes('*'));
  assert.deepEqual(
    kept.filter((line) => line.startsWith('!')),
    ['!LICENSE', '!container', '!dist'],
  );
});
