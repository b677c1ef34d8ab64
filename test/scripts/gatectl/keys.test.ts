/** `gatectl keys`: who comes onto a trust list, and what the words of a refusal say. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { generatePrivateKey } from '../../../config/crypto/ed25519-key.js';
import { parseTrustListBytes } from '../../../kiosk/credential/trust.js';
import { downWords } from '../../../scripts/gatectl/broker-options.js';
import { gatectl, testFolder } from './run-in-place.js';

function trustOf(list: string) {
  const parsed = parseTrustListBytes(readFileSync(list));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.trust;
}

describe('onto a trust list, which is made where there is none', () => {
  test('come a collector by its name and a gate by its id', async () => {
    const { path } = testFolder();
    const list = path('trust.json');
    const made = await gatectl(['keys', 'new', '--out', path('collector.json'), '--json']);
    const gate = JSON.parse(
      (await gatectl(['keys', 'new', '--out', path('device.json'), '--json'])).out,
    );
    const collector = ['--list', list, '--name', 'collector-1', '--key', path('collector.json')];
    expect(await gatectl(['keys', 'collector', ...collector])).toMatchObject({ code: 0, err: '' });
    const kiosk = ['--list', list, '--id', 'north-gate-in-1', '--public-key', gate.publicKey];
    expect(await gatectl(['keys', 'kiosk', ...kiosk])).toMatchObject({ code: 0, err: '' });
    const { collectors, kiosks } = trustOf(list);
    expect(collectors.map(({ name, key }) => [name, key.text])).toEqual([
      ['collector-1', JSON.parse(made.out).publicKey],
    ]);
    expect(kiosks.map(({ id, key }) => [id, key.text])).toEqual([
      ['north-gate-in-1', gate.publicKey],
    ]);
  });

  test('come the one in 64 whose key begins with a hyphen', async () => {
    const { path } = testFolder();
    let key = generatePrivateKey().publicKey.text;
    while (!key.startsWith('-')) key = generatePrivateKey().publicKey.text;
    const words = ['--list', path('trust.json'), '--id', 'gate-1', '--public-key', key];
    expect(await gatectl(['keys', 'kiosk', ...words])).toMatchObject({ code: 0, err: '' });
    expect(trustOf(path('trust.json')).kiosks[0]?.key.text).toBe(key);
    // Another option is none.
    const without = await gatectl(['keys', 'kiosk', '--list', path('b.json'), '--id', '--json']);
    expect(without.code).toBe(2);
  });

  test('comes nobody twice, nor under the other’s option, nor without a key', async () => {
    const { path } = testFolder();
    const list = path('trust.json');
    await gatectl(['keys', 'new', '--out', path('a.json')]);
    const kiosk = (...words: string[]) => gatectl(['keys', 'kiosk', '--list', list, ...words]);
    expect((await kiosk('--id', 'gate-1', '--key', path('a.json'))).code).toBe(0);
    const before = readFileSync(list, 'utf8');
    const again = await kiosk('--id', 'gate-2', '--key', path('a.json'));
    expect([again.code, again.err]).toEqual([2, expect.stringContaining('the same key as')]);
    expect((await kiosk('--name', 'gate-2', '--key', path('a.json'))).err).toContain('--id');
    expect((await kiosk('--id', 'gate-2')).code).toBe(2);
    expect((await kiosk('--id', 'Gate 2', '--key', path('a.json'))).code).toBe(2);
    expect(readFileSync(list, 'utf8')).toBe(before);
  });
});

test('a refusal has words, not codes', async () => {
  const list = testFolder().path('trust.json');
  const words = ['keys', 'kiosk', '--list', list, '--id', 'gate-1', '--public-key', 'AAAA'];
  expect((await gatectl(words)).err).toContain('--public-key must be 32 bytes');
  expect((await gatectl(['keys'])).err).toContain('one of new, trust,');
  expect((await gatectl(['keys', 'make'])).err).toContain('keys knows no make: one of new, trust,');
});

test('--help behind a verb shows its own part, and what is for all', async () => {
  const whole = (await gatectl(['keys', '--help'])).out;
  const own = (await gatectl(['keys', 'kiosk', '--help'])).out;
  expect(own).toMatch(/^Usage: gatectl keys kiosk --list FILE/);
  expect(own).toContain('\nkiosk   adds a gate');
  expect(own).toContain('--json  prints one JSON object');
  expect(own).not.toContain('pepper');
  expect(own.length).toBeLessThan(whole.length / 2);
  expect((await gatectl(['keys', 'nothing', '--help'])).out).toBe(whole);
  expect((await gatectl(['collect', 'gates', '--help'])).out).not.toContain('collect backup');
});

test('a collector that asks an older broker for MQTT 5 is told what to ask for', () => {
  const why = 'Connection refused: Unacceptable protocol version (1)';
  expect(downWords(why, 5)).toContain('--protocol 4');
  expect(downWords(why, 4)).toBe(why);
  expect(downWords('connect ECONNREFUSED', 5)).toBe('connect ECONNREFUSED');
});

test('an option that nobody knows is named, and no more', async () => {
  const { code, err } = await gatectl(['inspect', '--nonsense', 'x']);
  expect([code, err]).toEqual([
    2,
    'gatectl inspect: unknown option --nonsense\nTry: gatectl inspect --help\n',
  ]);
  for (const words of [['--at'], ['--at', '--json']])
    expect((await gatectl(['inspect', ...words])).err).toContain('inspect: --at needs a value\n');
  expect((await gatectl(['inspect', '--json=1'])).err).toContain('does not take an argument');
});

test('--version prints the package’s', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(await gatectl(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  const daemon = fileURLToPath(new URL('../../../scripts/gate-kiosk.js', import.meta.url));
  const ran = spawnSync(process.execPath, [daemon, '--version'], { encoding: 'utf8' });
  expect([ran.status, ran.stdout, ran.stderr]).toEqual([0, `${version}\n`, '']);
});

test('a broker that is not there: the code once, and what to look at', async () => {
  const url = 'mqtt://127.0.0.1:1';
  const { code, err } = await gatectl(['fleet', '--site', 'main-campus', '--broker', url]);
  expect(code).toBe(1);
  expect(err.match(/ECONNREFUSED/g)).toHaveLength(1);
  expect(err).toContain(
    'is the broker running, and is this its port?; --broker is mqtt://127.0.0.1:1',
  );
});

test('inspect shows a ticket’s kind by name, its day as a date, and a reason in words', async () => {
  const { path } = testFolder();
  const list = path('trust.json');
  await gatectl(['keys', 'new', '--out', path('office.json')]);
  const office = ['--list', list, '--name', 'office', '--key', path('office.json')];
  await gatectl(['keys', 'trust', ...office, '--kinds', 'exit-entry-ticket']);
  const ticket = ['exit-entry-ticket', '--key', path('office.json'), '--household', '3-1-202'];
  const times = ['--day', '2020-02-12', '--issued', '2020-02-12T08:00:00+08:00'];
  const issued = await gatectl(['issue', ...ticket, ...times]);
  const inspect = (at: string) =>
    gatectl(['inspect', '--trust', list, '--at', at, issued.out.trim()]);
  const { out } = await inspect('2020-02-12T09:00:00+08:00');
  expect(out).toMatch(/^ok {2}/);
  expect(out).toMatch(/\n {2}day +2020-02-12\n/);
  expect(out).toMatch(/\n {2}kind +exit-entry-ticket\n/);
  expect((await inspect('2020-03-12T09:00:00+08:00')).out).toMatch(/^refused: expired \(Expired\)/);
});
