import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stages } from '../src/checks/check.ts';
import { registry } from '../src/checks/registry.ts';
import { checksJson, explain, explainJson, noSuchCheck } from '../src/explain/explain.ts';
import { checkDetails, checkTable } from '../src/explain/list.ts';
import { readingsOf, reportLinks, versionsOf } from '../src/explain/readings.ts';

const ids = registry.map(({ id }) => id);

for (const width of [72, 80, 120]) {
  test(`the table has every check once, under its stage, within ${width} columns`, () => {
    const lines = checkTable(registry, width).split('\n');
    for (const line of lines) assert.ok(line.length <= width && line === line.trimEnd(), line);
    const [head = '', ...rest] = lines;
    assert.match(head, /^ {2}CHECK +TALOS {2}PASSES WHEN$/);
    const cells = [head.indexOf('TALOS'), head.indexOf('PASSES')];
    const text = rest.join('\n');
    const shown = [...text.matchAll(/^STAGE (\S+)$|^ {2}(\S+) /gm)].map(([, stage, id]) => stage ?? id);
    const expected = stages.flatMap((stage) => [
      stage,
      ...registry.filter((check) => check.stage === stage).map(({ id }) => id),
    ]);
    assert.deepEqual(shown, expected);
    const prose = rest.map((line) => line.slice(cells[1])).join(' ');
    for (const { title } of registry) assert.ok(prose.replace(/\s+/g, ' ').includes(title), title);
  });
}

test('the table has the oldest version of Talos that has what a check needs', () => {
  const row = (id: string) => new RegExp(`^ {2}${id} +(\\S+) `, 'm').exec(checkTable(registry, 80))?.[1];
  assert.deepEqual(['clock', 'volumes', 'reboot-due', 'expected-image'].map(row), ['all', '1.8+', '1.14+', 'all']);
});

for (const width of [72, 80, 120]) {
  test(`the details have versions, sources and reports of each check, within ${width} columns`, () => {
    const text = checkDetails(registry, width);
    for (const line of text.split('\n')) {
      assert.ok((line.length <= width || /^ +\S+$|https:/.test(line)) && line === line.trimEnd(), line);
    }
    const blocks = text.split(/\n\n(?:STAGE \S+\n\n)?(?= {2}\S)/).slice(1);
    assert.deepEqual(
      blocks.map((block) => block.trim().split('\n')[0]),
      ids,
    );
    for (const [index, check] of registry.entries()) {
      const block = blocks[index]?.replace(/\s+/g, ' ') ?? '';
      const reads = readingsOf(check).replaceAll(/`|\[(?=`)|(?<=`)\]\([^)]*\)/g, '');
      for (const value of [check.title, `Talos ${versionsOf(check)}`, reads, ...reportLinks(check)]) {
        assert.ok(block.includes(value), `${check.id}: ${value}`);
      }
    }
  });
}

test('versions name the parts that are newer than what a check needs', () => {
  const versions = (id: string) => registry.filter((check) => check.id === id).map(versionsOf);
  assert.deepEqual(versions('clock'), ['every version']);
  assert.deepEqual(versions('volumes'), ['1.8 and newer; software RAID and LVM since 1.14']);
});

test('a report is a number of an issue in a public repository, and its link leads there', () => {
  for (const { id, docs } of registry) {
    for (const report of docs.reports ?? []) assert.match(report, /^[\w-]+\/[\w-]+#[1-9]\d*$/, id);
    assert.equal(new Set(docs.reports).size, docs.reports?.length ?? 0, id);
  }
  const [credentials] = registry.filter(({ id }) => id === 'credentials');
  assert.ok(credentials !== undefined);
  assert.ok(reportLinks(credentials).includes('https://github.com/siderolabs/sidero/issues/1427'));
});

test('the JSON of all checks has them in the order of the registry', () => {
  const json: readonly { readonly id: string }[] = JSON.parse(checksJson(registry));
  assert.deepEqual(
    json.map(({ id }) => id),
    ids,
  );
});

test('one check as JSON is its entry in the JSON of all, and says what the text says', () => {
  const all: readonly Readonly<Record<string, unknown>>[] = JSON.parse(checksJson(registry));
  for (const [index, check] of registry.entries()) {
    const one = all[index] ?? {};
    assert.deepEqual(JSON.parse(explainJson(check)), one);
    const text = explain(check).replace(/\s+/g, ' ');
    const { scope, requires, commands, reports, ...texts } = one;
    assert.deepEqual([scope, requires, commands], [check.scope, check.requires, check.docs.commands]);
    assert.deepEqual(reports, reportLinks(check));
    for (const value of [...check.docs.commands, ...reportLinks(check), ...Object.values(texts)]) {
      assert.ok(text.includes(String(value).replace(/\s+/g, ' ')), `${check.id}: ${value}`);
    }
  }
});

for (const check of registry) {
  test(`${check.id} is explained, within 80 columns`, () => {
    const text = explain(check);
    assert.ok(text.startsWith(`${check.id} (stage ${check.stage})\n`));
    assert.match(text, new RegExp(`\nhttps://\\S+#${check.id}$`));
    assert.doesNotMatch(text, /\]\(#/);
    const prose = text.split('\n').filter((line) => !line.startsWith('    ') && !/^ *https:\/\//.test(line));
    for (const line of prose) assert.ok(line.length <= 80, line);
  });
}

test('an unknown id suggests a similar one, or the list', () => {
  assert.equal(noSuchCheck('node-redy', registry), 'There is no check "node-redy": did you mean node-ready?');
  assert.equal(noSuchCheck('xyzzy', registry), 'There is no check "xyzzy": talos-health checks lists them');
});
