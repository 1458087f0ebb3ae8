import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalHost, formatHostPort, parseEndpoint, parseNode } from '../../src/values/address.ts';

const endpoints: readonly (readonly [string, string, number])[] = [
  ['10.0.0.1', '10.0.0.1', 50_000],
  ['10.0.0.1:50001', '10.0.0.1', 50_001],
  ['cp-1.example.com', 'cp-1.example.com', 50_000],
  ['CP-1.Example.com.:6443', 'cp-1.example.com', 6_443],
  ['node_1', 'node_1', 50_000],
  ['localhost:1', 'localhost', 1],
  ['1password.com', '1password.com', 50_000],
  ['::1', '::1', 50_000],
  ['[::1]', '::1', 50_000],
  ['[::1]:65535', '::1', 65_535],
  ['FD00:0:0:0:0:0:0:1', 'fd00::1', 50_000],
  ['fe80::1%eth0', 'fe80::1%eth0', 50_000],
  ['[fe80::1%eth0.100]:50000', 'fe80::1%eth0.100', 50_000],
  ['::ffff:10.0.0.1', '10.0.0.1', 50_000],
  ['https://10.0.0.1:50000', '10.0.0.1', 50_000],
  ['https://cp.example.com:443/', 'cp.example.com', 443],
  ['HTTPS://[fd00::1]:443', 'fd00::1', 443],
];

for (const [text, host, port] of endpoints) {
  test(`${text} is an endpoint`, () => {
    assert.deepEqual(parseEndpoint(text), { ok: true, value: { host, port } });
  });
}

const separate = 'separate entries with commas, blanks or line breaks, without quotes, brackets or dashes';

const badEndpoints: readonly (readonly [string, string?])[] = [
  ['10.0.0.256'],
  ['10.0.0'],
  ['010.0.0.1'],
  ['10.0.0.1:0', 'a port is a number from 1 to 65535'],
  ['10.0.0.1:65536', 'a port is a number from 1 to 65535'],
  ['10.0.0.1:123456', 'a port is a number from 1 to 65535'],
  ['10.0.0.1:'],
  ['10.0.0.1:http'],
  [':50000'],
  ['a..b'],
  ['-cp', separate],
  ['cp-'],
  ['cp!1'],
  ['b\u{fc}ro'],
  ['[10.0.0.1]', separate],
  ['[::1'],
  ['::1]'],
  ['1::2::3'],
  ['1:2:3:4:5:6:7:8:50000', 'did you mean [1:2:3:4:5:6:7:8]:50000?'],
  ['10.0.0.0/24', 'leave out /24: an address, not a network'],
  ['10.0.0.1/', 'leave out the slash at the end'],
  ['["10.0.0.1"', separate],
  ['10.0.0.1;10.0.0.2', separate],
  ['"10.0.0.1"', separate],
  ['-', separate],
  [`${'a'.repeat(64)}.example`],
  ['https://10.0.0.1', 'leave out https:// and name the port of the Talos API: 10.0.0.1:50000'],
  ['https://fd00::1', 'leave out https:// and name the port of the Talos API: [fd00::1]:50000'],
  ['http://10.0.0.1:80', 'leave out http:// and name the port of the Talos API: 10.0.0.1:80'],
  ['https://10.0.0.1:50000/path'],
];

for (const [text, hint] of badEndpoints) {
  test(`${text} is refused as an endpoint`, () => {
    const complaint = {
      expected: 'a host name or an IP address, with or without a port, such as 10.0.0.1 or [fd00::1]:50000',
      got: `"${text}"`,
      ...(hint !== undefined && { hint }),
    };
    assert.deepEqual(parseEndpoint(text), { ok: false, error: complaint });
  });
}

test('a node is a host, and port 50000 is dropped', () => {
  assert.deepEqual(parseNode('10.0.0.1'), { ok: true, value: '10.0.0.1' });
  assert.deepEqual(parseNode('10.0.0.1:50000'), { ok: true, value: '10.0.0.1' });
  assert.deepEqual(parseNode('[FD00::0001]:50000'), { ok: true, value: 'fd00::1' });
  assert.deepEqual(parseNode('Worker-1'), { ok: true, value: 'worker-1' });
});

test('a node on another port is refused', () => {
  assert.deepEqual(parseNode('10.0.0.1:6443'), {
    ok: false,
    error: {
      expected: 'a host name or an IP address without a port, such as 10.0.0.1 or fd00::1',
      got: '"10.0.0.1:6443"',
      hint: 'leave out :6443: the endpoint asks every node on port 50000',
    },
  });
});

test('a node with a scheme is refused', () => {
  assert.equal(parseNode('https://10.0.0.1:50000').ok, false);
});

const same: readonly (readonly string[])[] = [
  ['::1', '0:0:0:0:0:0:0:1', '0000::0001'],
  ['10.0.0.1', '::ffff:10.0.0.1', '::FFFF:0a00:1'],
  ['fd00::a', 'FD00:0::A', 'fd00:0:0:0:0:0:0:a'],
  ['fe80::1%eth0', 'FE80:0::1%eth0'],
  ['cp-1.example.com', 'CP-1.example.com.', 'cp-1.EXAMPLE.com'],
];

for (const spellings of same) {
  test(`${spellings.join(' and ')} are the same host`, () => {
    assert.deepEqual(new Set(spellings.map(canonicalHost)), new Set([spellings[0]]));
  });
}

test('addresses with different zones are different hosts', () => {
  assert.notEqual(canonicalHost('fe80::1%eth0'), canonicalHost('fe80::1%eth1'));
});

test('a formatted endpoint parses to itself', () => {
  for (const value of [
    { host: '10.0.0.1', port: 50_000 },
    { host: 'fd00::1', port: 1 },
    { host: 'fe80::1%eth0', port: 50_000 },
    { host: 'cp-1', port: 65_535 },
  ]) {
    assert.deepEqual(parseEndpoint(formatHostPort(value)), { ok: true, value });
  }
  assert.equal(formatHostPort({ host: 'fd00::1', port: 50_000 }), '[fd00::1]:50000');
});

test('law: a formatted endpoint parses to itself', () => {
  const host = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()).map(canonicalHost);
  fc.assert(
    fc.property(host, fc.integer({ min: 1, max: 65_535 }), (name, port) => {
      assert.deepEqual(parseEndpoint(formatHostPort({ host: name, port })), { ok: true, value: { host: name, port } });
      assert.deepEqual(parseNode(name), { ok: true, value: name });
      assert.equal(canonicalHost(name), name);
      assert.equal(canonicalHost(name.toUpperCase()), name);
    }),
  );
});

test('law: any text is an endpoint or a problem, and a node or a problem', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[[\]:.\da-f/%-]{0,30}$/)), (text) => {
      const parsed = parseEndpoint(text);
      if (parsed.ok) assert.deepEqual(parseEndpoint(formatHostPort(parsed.value)), parsed);
      const node = parseNode(text);
      if (node.ok) assert.deepEqual(parseNode(node.value), node);
    }),
  );
});
