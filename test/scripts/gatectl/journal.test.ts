/** `gatectl journal`: what it says, how it ends, and that nothing is opened unseen. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeBase64url } from '../../../config/crypto/base64url.js';
import {
  change,
  journal,
  keys,
  type MadeFile,
  makeJournal,
  names,
  receiptFor,
  registryKey,
} from '../../kiosk/history/rig.js';
import { gatectl, testFolder } from './run-in-place.js';

let made: MadeFile;
beforeAll(() => {
  made = makeJournal({ count: 120, everyRecords: 50, unsigned: 15 });
});
afterAll(() => made.dispose());

function trustFile(folder: ReturnType<typeof testFolder>): string {
  return folder.write('trust.json', {
    issuers: [],
    kiosks: keys.kiosks.map(({ id, key }) => ({ id, publicKey: key.text })),
    collectors: keys.collectors.map(({ name, key }) => ({ name, publicKey: key.text })),
  });
}

test('verify: a journal that holds, in words and for programs', async () => {
  const folder = testFolder();
  const words = await gatectl(['journal', 'verify', made.file, '--trust', trustFile(folder)]);
  expect(words).toMatchObject({ code: 0, err: '' });
  expect(words.out).toContain(`journal ${journal} of main-campus north-gate-in-1`);
  expect(words.out).toContain('signed up to record 100, witnessed by collector-1 up to 100');
  expect(words.out).toContain('from 101 on only the chain says so');
  expect(words.out).toMatch(/\n {2}holds\n$/);
  const untrusting = await gatectl(['journal', 'verify', made.file]);
  expect(untrusting.out).toContain('signatures NOT CHECKED (no --trust)');
  const unnamed = folder.write('unnamed.json', { issuers: [] });
  const unchecked = await gatectl(['journal', 'verify', made.file, '--trust', unnamed]);
  expect(unchecked.code).toBe(0);
  expect(unchecked.out).toContain('NOT CHECKED (the trust list has no key of north-gate-in-1');
  expect(unchecked.out).toContain('gatectl keys kiosk');
  const json = await gatectl(['journal', 'verify', made.file, '--json']);
  expect(JSON.parse(json.out)).toMatchObject({
    ...{ file: made.file, ok: true },
    journals: [{ journal, count: 120, fault: null, head: made.head }],
  });
});

test('verify: one that does not hold names its first bad record', async () => {
  const file = made.copy();
  change(file, "UPDATE records SET bytes = x'7b7d' WHERE seq IN (57, 90)");
  const words = await gatectl(['journal', 'verify', file]);
  expect(words.code).toBe(1);
  expect(words.out).toContain('DOES NOT HOLD: record 57: its bytes or its hash were changed');
  const json = await gatectl(['journal', 'verify', file, '--json']);
  expect(json.code).toBe(1);
  expect(JSON.parse(json.out)).toMatchObject({
    ok: false,
    journals: [{ fault: { what: 'hash', seq: 57, words: expect.stringContaining('record 57') } }],
  });
});

test('verify: against a head and a receipt known from elsewhere', async () => {
  const folder = testFolder();
  const { seq, hash } = made.head;
  const head = `${seq}:${hash}`;
  const receipt = folder.write('receipt.json', receiptFor(made.head));
  const trust = trustFile(folder);
  const cut = made.copy();
  change(cut, 'DELETE FROM records WHERE seq > 110');
  change(cut, 'DELETE FROM sealed WHERE seq > 110');
  expect((await gatectl(['journal', 'verify', made.file, '--head', head])).code).toBe(0);
  expect((await gatectl(['journal', 'verify', cut])).code).toBe(0);
  for (const known of [
    ['--head', head],
    ['--receipt', receipt, '--trust', trust],
  ]) {
    const ran = await gatectl(['journal', 'verify', cut, ...known]);
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('record 111: it is missing: records were cut off at the end');
  }
});

test.each([
  ['no file', [], 'FILE is required'],
  ['a file that is not there', ['/nowhere/journal.db'], 'no such file'],
  ['a head of another form', ['FILE', '--head', '12'], 'SEQ:HASH'],
  ['a receipt that is none', ['FILE', '--receipt', 'FILE'], ''],
  ['a word too many', ['FILE', 'more'], 'one argument too many'],
])('verify: wrong usage ends with 2: %s', async (_name, args, words) => {
  const file = made.copy();
  const ran = await gatectl([
    'journal',
    'verify',
    ...args.map((arg) => (arg === 'FILE' ? file : arg)),
  ]);
  expect(ran.code).toBe(2);
  expect(ran.err).toContain(words);
});

test('verify: a file that is damaged, or of something else', async () => {
  const folder = testFolder();
  const damaged = folder.write('damaged.db', 'SQLite format 3\0'.padEnd(5_000, 'x'));
  const ran = await gatectl(['journal', 'verify', damaged]);
  expect([ran.code, ran.out]).toEqual([1, expect.stringContaining('it is damaged')]);
  const json = await gatectl(['journal', 'verify', damaged, '--json']);
  expect(JSON.parse(json.out)).toMatchObject({ ok: false, why: 'damaged' });
  const other = folder.write('other.json', { any: 'thing' });
  expect((await gatectl(['journal', 'verify', other])).code).toBe(2);
  const text = folder.write('notes.txt', 'no journal\n');
  for (const words of [['verify'], ['export', '--out', folder.path('none.jsonl')]]) {
    const [verb = '', ...more] = words;
    const said = await gatectl(['journal', verb, text, ...more]);
    expect([said.code, said.err]).toEqual([2, expect.stringContaining('neither a gate’s journal')]);
    expect((await gatectl(['journal', verb, damaged, ...more])).code).toBe(1);
  }
  const missing = await gatectl(['journal', 'verify', folder.path('gone.db')]);
  expect(missing.err).toContain('gone.db: there is no such file');
  expect(missing.err).not.toContain('ENOENT');
});

test('verify: a journal that nobody has signed says so', async () => {
  const file = made.copy();
  change(file, 'DELETE FROM checkpoints');
  const ran = await gatectl(['journal', 'verify', file]);
  expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('nobody has signed this') });
});

test('export: a file that verify reads, by numbers and by times; of a journal that does not hold there is none', async () => {
  const folder = testFolder();
  const out = folder.path('export.jsonl');
  expect(await gatectl(['journal', 'export', made.file, '--out', out])).toMatchObject({
    code: 0,
    out: expect.stringContaining('1 to 120, 120 of them'),
  });
  const trust = trustFile(folder);
  expect((await gatectl(['journal', 'verify', out, '--trust', trust])).code).toBe(0);
  const again = await gatectl(['journal', 'export', made.file, '--out', out]);
  expect([again.code, again.err]).toEqual([2, expect.stringContaining('is not overwritten')]);
  const times = ['--from', '2020-02-12T08:00:51+08:00', '--to', '2020-02-12T08:01:01+08:00'];
  const part = folder.path('part.jsonl');
  await gatectl(['journal', 'export', made.file, '--out', part, ...times]);
  const ran = await gatectl(['journal', 'verify', part]);
  expect(ran.out).toContain(
    '51 to 60, 10 of them, behind record 50, whose hash a checkpoint names',
  );
  const file = made.copy();
  change(file, 'DELETE FROM records WHERE seq = 57');
  const none = folder.path('none.jsonl');
  const refused = await gatectl(['journal', 'export', file, '--out', none]);
  expect([refused.code, refused.err]).toEqual([
    1,
    expect.stringContaining('record 57: it is missing'),
  ]);
  expect(existsSync(none)).toBe(false);
});

test('open: shows what the key opens, after who and why is written down', async () => {
  const folder = testFolder();
  const key = folder.write('registry.key', `${encodeBase64url(registryKey)}\n`);
  const audit = folder.path('audit.jsonl');
  const args = ['journal', 'open', made.file, '--key', key, '--reason', 'contact tracing'];
  const rest = ['--audit', audit, '--json'];
  const one = await gatectl([...args, '--seq', '21', ...rest]);
  expect(one.code).toBe(0);
  expect(JSON.parse(one.out)).toMatchObject([
    { seq: 21, kind: 'id-card', state: 'opened', contents: { name: '王小明' } },
  ]);
  const kind = await gatectl([...args, '--from', '1', '--to', '60', '--kind', 'details', ...rest]);
  expect(JSON.parse(kind.out).map(({ seq }: { seq: number }) => seq)).toEqual([14, 35, 56]);
  const attempt = await gatectl([...args, '--attempt', 'boot/7', ...rest]);
  expect(JSON.parse(attempt.out)).toMatchObject([{ seq: 35, attempt: 7 }]);
  const table = await gatectl([...args, '--seq', '21', '--audit', audit]);
  expect(table.out).toContain('name=王小明');
  const lines = readFileSync(audit, 'utf8').trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { reason: 'contact tracing', journal, kiosk: names.kiosk, seqs: [21] },
    { seqs: [14, 35, 56] },
    { seqs: [35] },
    { seqs: [21] },
  ]);
  for (const text of [readFileSync(audit, 'utf8'), one.err, table.err])
    expect(text).not.toContain('王小明');
});

test('open: of a record without a part names those near it that have one', async () => {
  const folder = testFolder();
  const key = folder.write('registry.key', `${encodeBase64url(registryKey)}\n`);
  const audit = folder.path('audit.jsonl');
  const args = ['journal', 'open', made.file, '--key', key, '--reason', 'x', '--audit', audit];
  const none = await gatectl([...args, '--seq', '22']);
  expect([none.code, none.out]).toEqual([1, '']);
  expect(none.err).toMatch(/record 22 has no sealed part; near it these have: 7, 14, 21, 28, 35\n/);
  const kind = await gatectl([...args, '--seq', '22', '--kind', 'details']);
  expect(kind.err).toContain('these have: 14, 35, 56, 77, 98\n');
  const range = await gatectl([...args, '--from', '22', '--to', '23']);
  expect(range.err).toContain('there is no sealed part of these records\n');
  expect(existsSync(audit)).toBe(false);
  const one = await gatectl([...args, '--seq', '21']);
  expect(one.err).toMatch(/: 1 part\n/);
});

test('open: nothing without a line in the audit, a reason and a choice', async () => {
  const folder = testFolder();
  const key = folder.write('registry.key', `${encodeBase64url(registryKey)}\n`);
  const args = ['journal', 'open', made.file, '--key', key];
  mkdirSync(folder.path('folder'));
  const blocked = await gatectl([
    ...[...args, '--reason', 'x', '--seq', '21', '--audit', folder.path('folder')],
  ]);
  expect([blocked.code, blocked.out]).toEqual([1, '']);
  expect(blocked.err).toContain('nothing is opened');
  for (const more of [
    ['--seq', '21'],
    ['--reason', '  ', '--seq', '21'],
    ['--reason', 'two\nlines', '--seq', '21'],
    ['--reason', 'x'.repeat(401), '--seq', '21'],
    ['--reason', 'x'],
    ['--reason', 'x', '--seq', '21', '--from', '2'],
    ['--reason', 'x', '--attempt', 'a/b/c'],
    ['--reason', 'x', '--seq', '21', '--kind', 'face'],
  ]) {
    const ran = await gatectl([...args, ...more]);
    expect([ran.code, ran.out]).toEqual([2, '']);
  }
  expect(existsSync(`${made.file}.audit`)).toBe(false);
});

test('open: a part that was exchanged, that is gone, or that another key opens is said to be so', async () => {
  const folder = testFolder();
  const file = made.copy();
  change(file, 'DELETE FROM sealed WHERE seq = 7');
  change(file, 'UPDATE sealed SET box = (SELECT box FROM sealed WHERE seq = 28) WHERE seq = 14');
  const states = async (key: Uint8Array, name: string) => {
    const args = ['--key', folder.write(name, encodeBase64url(key)), '--reason', 'x', '--json'];
    const ran = await gatectl(['journal', 'open', file, ...args, '--from', '1', '--to', '21']);
    return [ran.code, ...JSON.parse(ran.out).map(({ state }: { state: string }) => state)];
  };
  expect(await states(registryKey, 'a.key')).toEqual([1, 'gone', 'changed', 'opened']);
  expect(await states(Buffer.alloc(32, 7), 'b.key')).toEqual([
    ...[1, 'gone', 'changed', 'not-for-this-key'],
  ]);
});
