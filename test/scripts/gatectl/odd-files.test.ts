/** Whatever a file is, gatectl says what is wrong with it: no file ends it with a trace, and none stands for another. */
import { appendFileSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseKeyFile } from '../../../config/crypto/key-file.js';
import { parseLockedKeyFile } from '../../../config/crypto/locked-key-file.js';
import {
  change,
  journal,
  keys,
  type MadeFile,
  makeJournal,
  names,
} from '../../kiosk/history/rig.js';
import { gatectl, testFolder } from './run-in-place.js';

let made: MadeFile;
beforeAll(() => {
  made = makeJournal({ count: 60, everyRecords: 20 });
});
afterAll(() => made.dispose());

test('a key file whose members are no texts is no key file', async () => {
  const folder = testFolder();
  const odd = { toString: 1, valueOf: 1 };
  const locked = {
    kdf: 'scrypt',
    n: 16_384,
    r: 8,
    p: 1,
    salt: odd,
    cipher: odd,
    nonce: odd,
    d: odd,
  };
  for (const content of [
    { kty: odd, crv: odd, d: odd, x: odd },
    { kty: 'OKP', crv: 'Ed25519', d: odd, x: odd },
    { kty: 'OKP', crv: odd, x: odd, locked },
    { kty: 'OKP', crv: 'Ed25519', x: odd, locked },
    {
      ...{ kty: 'OKP', crv: 'Ed25519', x: keys.kiosks[0]?.key.text },
      locked: { ...locked, cipher: 'aes-256-gcm' },
    },
  ]) {
    const bytes = Buffer.from(JSON.stringify(content));
    expect(parseKeyFile(bytes)).toMatchObject({ ok: false });
    expect(parseLockedKeyFile(bytes)?.ok ?? false).toBe(false);
    const file = folder.write('key.json', content);
    const words = ['--site', 'main-campus', '--out', folder.path('t.json')];
    const ran = await gatectl(['time', 'raise', ...words, '--key', file]);
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining('key.json')]);
  }
});

test('a folder of steps may hold a link that leads nowhere', async () => {
  const folder = testFolder();
  symlinkSync(folder.path('gone'), folder.path('a.json'));
  const ran = await gatectl(['config', 'history', folder.path('.')]);
  expect([ran.code, ran.err]).toEqual([2, expect.stringContaining('no step is found')]);
});

test('another journal than was asked for is none, whatever the file is', async () => {
  const folder = testFolder();
  const exported = folder.path('export.jsonl');
  await gatectl(['journal', 'export', made.file, '--out', exported]);
  const key = folder.write('registry.key', `${'A'.repeat(43)}\n`);
  const other = 'ab'.repeat(16);
  const asks = (file: string) => [
    ['journal', 'verify', file],
    ['journal', 'export', file, '--out', folder.path('again.jsonl')],
    ['journal', 'open', file, '--key', key, '--reason', 'why', '--seq', '7'],
    ['replay', file],
  ];
  for (const file of [made.file, exported])
    for (const words of asks(file))
      for (const wanted of [
        ['--journal', other],
        ['--kiosk', 'south-gate-in-1'],
      ]) {
        const ran = await gatectl([...words, ...wanted]);
        expect(ran.code, [...words, ...wanted].join(' ')).not.toBe(0);
        expect(ran.out + ran.err).toContain(names.kiosk);
        expect(ran.out + ran.err).not.toContain('holds\n');
      }
  const right = ['--kiosk', names.kiosk, '--journal', journal];
  expect((await gatectl(['journal', 'verify', exported, ...right])).code).toBe(0);
  expect((await gatectl(['journal', 'verify', made.file, ...right])).code).toBe(0);
});

test('what stands behind the last line of an export is found', async () => {
  const folder = testFolder();
  const exported = folder.path('export.jsonl');
  await gatectl(['journal', 'export', made.file, '--out', exported]);
  appendFileSync(exported, readFileSync(exported));
  const ran = await gatectl(['journal', 'verify', exported]);
  expect([ran.code, ran.out]).toEqual([1, expect.stringContaining('DOES NOT HOLD')]);
});

test('of a journal that nobody has signed the last word is not that it holds', async () => {
  const folder = testFolder();
  const file = made.copy();
  change(file, 'DELETE FROM checkpoints');
  const exported = folder.path('export.jsonl');
  await gatectl(['journal', 'export', file, '--out', exported]);
  // Whoever makes one up can say whose it is as well.
  const [head = '', ...lines] = readFileSync(exported, 'utf8').split('\n');
  writeFileSync(exported, [JSON.stringify({ ...JSON.parse(head), ...names }), ...lines].join('\n'));
  const trust = folder.write('trust.json', {
    issuers: [],
    kiosks: keys.kiosks.map(({ id, key }) => ({ id, publicKey: key.text })),
  });
  const ran = await gatectl(['journal', 'verify', exported, '--trust', trust]);
  expect(ran.out).toMatch(/\n {2}holds together, but NOBODY HAS SIGNED IT[^\n]*\n$/);
});

test('what a file names itself, or its runs, does not steer the terminal', async () => {
  const folder = testFolder();
  const exported = folder.path('export.jsonl');
  await gatectl(['journal', 'export', made.file, '--out', exported]);
  const lines = readFileSync(exported, 'utf8');
  // Escaped, as JSON has it.
  const steering = '\\u001b]0;all is well\\u0007';
  const runs = folder.write(
    'runs.jsonl',
    lines
      .replace(/"attempt":9,(?=.*"seq":49\b)/, '"attempt":11,')
      .replace(/"boot"(?=.*"seq":56\b)/, `"${steering}"`),
  );
  const key = folder.write('registry.key', `${'A'.repeat(43)}\n`);
  for (const words of [
    ['journal', 'open', runs, '--key', key, '--reason', 'r', '--attempt', '11'],
    ['journal', 'verify', folder.write('n.jsonl', lines.replace(names.kiosk, steering))],
    ['replay', folder.write('m.jsonl', lines.replace(names.site, steering))],
  ]) {
    const { code, out, err } = await gatectl(words);
    expect(code, err).toBe(2);
    expect(out + err).not.toMatch(/(?!\n)\p{Cc}/u);
  }
});

test('of records that are not there nothing comes out the same', async () => {
  const ran = await gatectl(['replay', made.file, '--from', '61']);
  expect([ran.code, ran.err]).toEqual([2, expect.stringContaining('no records')]);
});

test('a policy is not tried on another gate’s records than those that were named', async () => {
  const folder = testFolder();
  const out = folder.path('p1.json');
  const body = ['--channel', 'policy', '--body', 'config/policy/notice-8.json', '--unchecked'];
  const words = ['--site', names.site, '--seq', '1', '--reason', 'r', '--out', out];
  expect((await gatectl(['config', 'new', ...body, ...words])).err).toBe('');
  const trial = ['config', 'flash', out, '--dry-run', made.file, '--to'];
  const other = await gatectl([...trial, 'south-gate-in-1']);
  expect([other.code, other.err]).toEqual([
    2,
    expect.stringContaining('no journal of these gates'),
  ]);
  expect((await gatectl([...trial, names.kiosk])).out).toContain(`${made.file}, `);
});

test('a password in the name of a broker is not taken, and shown nowhere', async () => {
  const broker = ['--broker', 'mqtt://admin:do-not-show@127.0.0.1:1'];
  for (const words of [
    ['config', 'status', '--site', 'main-campus'],
    ['fleet', '--site', 'main-campus'],
  ]) {
    const { code, out, err } = await gatectl([...words, ...broker]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('certificate');
    expect(err).not.toContain('do-not-show');
  }
});

test('nothing is written through a link that somebody has laid beside', async () => {
  const folder = testFolder();
  const victim = folder.write('victim', 'untouched');
  const list = folder.path('trust.json');
  const key = folder.path('key.json');
  await gatectl(['keys', 'new', '--out', key]);
  symlinkSync(victim, `${list}.new`);
  const trusted = await gatectl(['keys', 'collector', '--list', list, '--name', 'c', '--key', key]);
  expect([trusted.code, trusted.err]).toEqual([0, '']);
  expect(JSON.parse(readFileSync(list, 'utf8')).collectors).toHaveLength(1);
  const audit = folder.path('audit');
  symlinkSync(victim, audit);
  const registry = folder.write('registry.key', `${'A'.repeat(43)}\n`);
  const words = ['journal', 'open', made.file, '--key', registry, '--reason', 'r', '--seq', '7'];
  const opened = await gatectl([...words, '--audit', audit]);
  expect([opened.code, opened.out]).toEqual([1, '']);
  expect(opened.err).toContain('nothing is opened');
  expect(readFileSync(victim, 'utf8')).toBe('untouched');
});

test('records that only the file says are given up are in the last word', async () => {
  const folder = testFolder();
  const exported = folder.path('export.jsonl');
  await gatectl(['journal', 'export', made.file, '--out', exported]);
  const [head = '', ...lines] = readFileSync(exported, 'utf8').split('\n');
  const last = lines.find((line) => line.startsWith('{"seq":35,')) ?? '';
  const losses = [{ from: 30, to: 35, hash: JSON.parse(last).hash }];
  const kept = lines.filter((line) => !/^\{"seq":3[0-5],/.test(line));
  const first = JSON.stringify({ ...JSON.parse(head), of: 'collector', losses });
  const file = folder.write('cut.jsonl', [first, ...kept].join('\n'));
  const { code, out } = await gatectl(['journal', 'verify', file]);
  expect(code).toBe(0);
  expect(out).toMatch(
    /\n {2}holds, but for 6 records given up: nobody has signed that they are\n$/,
  );
});
