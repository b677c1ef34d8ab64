import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shippedPolicyPath } from '../../../config/load.js';
import { readTexts } from '../../../scripts/gatectl/inspect.js';
import type { Vector } from '../../vectors/format.js';
import { loadVectors } from '../../vectors/load.js';
import { openOffice } from './papers.js';
import { gatectl, testFolder } from './run-in-place.js';

const { vectors, trustLists, refusedTrustLists } = loadVectors();
const main = fileURLToPath(new URL('../../../scripts/gatectl/main.js', import.meta.url));
/** A batch is split at line breaks, and gatectl knows no use. */
const lines = vectors.filter(({ text, used }) => !/[\r\n]/.test(text) && used.length === 0);

function settingOf({ trust, at, revoked }: Vector): string {
  return JSON.stringify({ trust, at, revoked });
}

function files(folder: ReturnType<typeof testFolder>, vector: Vector): readonly string[] {
  const trust = folder.write('trust.json', trustLists[vector.trust]);
  const revocations = folder.write('revocations.json', vector.revoked);
  const lists = ['--trust', trust, '--at', vector.at, '--revocations', revocations];
  // The vectors are of the profile, which knows no policy.
  return [...lists, '--policy', timeless(folder), '--json', '-'];
}

/** The shipped policy, but that every paper may be good for any time. */
function timeless(folder: ReturnType<typeof testFolder>): string {
  const { settings, ...policy } = JSON.parse(readFileSync(shippedPolicyPath, 'utf8'));
  const without = { ...settings, lifetimeSecondsMax: {} };
  return folder.write('timeless.json', { ...policy, settings: without });
}

function expectedLine({ expect: { ok, reason, claims } }: Vector): unknown {
  return { ok, reason, claims };
}

test('a batch answers every vector as it expects, in order', async () => {
  const folder = testFolder();
  const groups = groupBySetting(lines);
  expect(groups.size).toBeGreaterThan(5);
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const input = group.map(({ text }) => text).join('\n');
    const { code, out, err } = await gatectl(['inspect', ...files(folder, first)], [`${input}\n`]);
    const answers = out.split('\n').slice(0, -1);
    expect(answers.map((line) => JSON.parse(line))).toEqual(group.map(expectedLine));
    expect(code).toBe(group.every((vector) => vector.expect.ok) ? 0 : 1);
    expect(err).toBe('');
  }
});

function groupBySetting(items: readonly Vector[]): Map<string, Vector[]> {
  const groups = new Map<string, Vector[]>();
  for (const item of items)
    groups.set(settingOf(item), [...(groups.get(settingOf(item)) ?? []), item]);
  return groups;
}

test('the program itself answers the vectors of the common setting in one process', () => {
  const folder = testFolder();
  const [common] = lines;
  if (common === undefined) throw new Error('there are no vectors');
  const group = lines.filter((vector) => settingOf(vector) === settingOf(common));
  const input = group.map(({ text }) => text).join('\r\n');
  const ran = spawnSync(process.execPath, [main, 'inspect', ...files(folder, common)], { input });
  const answers = ran.stdout.toString().split('\n').slice(0, -1);
  expect(answers.map((line) => JSON.parse(line))).toEqual(group.map(expectedLine));
  expect(ran.status).toBe(1);
  expect(group.length).toBeGreaterThan(300);
});

test('one text is shown in words or as JSON, and the exit code is the answer', async () => {
  const folder = testFolder();
  const [valid] = vectors.filter(({ name }) => name === 'valid ticket');
  const [expired] = vectors.filter(({ name }) => name === 'exp is now');
  if (valid === undefined || expired === undefined) throw new Error('the vectors are unfit');
  const trust = ['--trust', folder.write('trust.json', trustLists['site']), '--at', valid.at];
  const good = await gatectl(['inspect', ...trust, valid.text]);
  expect(good.code).toBe(0);
  expect(good.out).toMatch(/^ok .*出入票\n(.*\n)*.*household 3-1-202\n/);
  const bad = await gatectl(['inspect', ...trust, expired.text, '--json']);
  expect(bad.code).toBe(1);
  expect(JSON.parse(bad.out)).toEqual(expectedLine(expired));
});

test('a paper that is good for longer than the policy allows is refused, as a gate refuses it', async () => {
  const folder = testFolder();
  const { by, trust } = await openOffice(folder);
  const ticket = ['issue', 'exit-entry-ticket', ...by, '--household', '3-1-202'];
  const long = await gatectl([...ticket, '--lasts', '90d']);
  expect(long.code).toBe(0);
  expect(long.err).toBe(
    'gatectl issue: gates under the shipped policy refuse this exit-entry-ticket ' +
      '(lifetime-too-long): it is good for 90d, and 4d are allowed\n',
  );
  const inspect = (text: string, ...more: string[]) =>
    gatectl(['inspect', ...trust, ...more, text.trim()]);
  const refused = await inspect(long.out);
  expect(refused.code).toBe(1);
  expect(refused.out).toMatch(/^refused: lifetime-too-long .*\n(.*\n)*.*household 3-1-202\n/);
  const line = JSON.parse((await inspect(long.out, '--json')).out);
  expect(line).toMatchObject({ ok: false, reason: 'lifetime-too-long', claims: { kind: 4 } });
  expect((await inspect(long.out, '--policy', timeless(folder))).code).toBe(0);
  expect((await inspect(long.out, '--policy', folder.path('none.json'))).code).toBe(2);
  const just = await gatectl([...ticket, '--lasts', '4d']);
  expect([just.code, just.err, (await inspect(just.out)).code]).toEqual([0, '', 0]);
  const pass = ['issue', 'residence-pass', ...by, '--household', '3-1-202', '--lasts', '365d'];
  const free = await gatectl(pass);
  expect([free.code, free.err, (await inspect(free.out)).code]).toEqual([0, '', 0]);
});

test('wrong usage and a refused list say so on stderr, with nothing on stdout', async () => {
  const folder = testFolder();
  const trust = folder.write('trust.json', { issuers: [] });
  const two = [
    ['inspect', '--json', '-'],
    ['inspect', '--trust', trust],
    ['inspect', '--trust', trust, 'a', 'b'],
    ['inspect', '--trust', trust, '--at', 'noon', '-'],
    ['inspect', '--trust', trust, '--at', '1581379200', '-'],
    ['inspect', '--trust', trust, '--trust', trust, '-'],
    ['inspect', '--trust', trust, '--unknown', '-'],
    ['inspect', '--trust', folder.path('none.json'), '-'],
    ['inspect', '--trust', trust, '--revocations', folder.write('r.json', []), '-'],
    ['frobnicate'],
    [],
  ];
  for (const args of two) {
    const ran = await gatectl(args, ['x\n']);
    expect(ran, args.join(' ')).toMatchObject({ code: 2, out: '' });
    expect(ran.err).not.toBe('');
  }
  for (const { name, text, place } of refusedTrustLists) {
    const ran = await gatectl(['inspect', '--trust', folder.write('t.json', text), '-'], ['x\n']);
    expect(ran, name).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain(`${place}: `);
  }
});

test('an empty batch is answered by nothing, and nothing was refused', async () => {
  const trust = testFolder().write('trust.json', { issuers: [] });
  expect(await gatectl(['inspect', '--trust', trust, '--json', '-'])).toEqual({
    code: 0,
    out: '',
    err: '',
  });
});

async function textsOf(chunks: readonly Uint8Array[]): Promise<readonly string[]> {
  const texts: string[] = [];
  async function* source() {
    yield* chunks;
  }
  for await (const text of readTexts(source())) texts.push(text);
  return texts;
}

test.each([
  ['', []],
  ['\n', ['']],
  ['\r', ['']],
  ['\r\n', ['']],
  ['a', ['a']],
  ['a\n', ['a']],
  ['a\n\n', ['a', '']],
  ['a\r\nb\r\r\n c ', ['a', 'b\r', ' c ']],
  ['\uFEFFa\u2028b\u0085', ['\uFEFFa\u2028b\u0085']],
] as const)('the input %j holds the texts %j', async (input, expected) => {
  expect(await textsOf([Buffer.from(input)])).toEqual(expected);
});

test('a batch has the same texts however its bytes are cut', async () => {
  const parts = fc.constantFrom('a', 'GK1:', '\r', '\n', '\r\n', '学', '😀', ' ');
  await fc.assert(
    fc.asyncProperty(fc.array(parts, { maxLength: 12 }), fc.nat(), async (words, place) => {
      const bytes = Buffer.from(words.join(''));
      const whole = await textsOf([bytes]);
      const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
      const at = bytes.length === 0 ? 0 : place % bytes.length;
      expect(await textsOf(single)).toEqual(whole);
      expect(await textsOf([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(whole);
    }),
  );
});

test('an endless line is cut but stays too long, and the next line is whole', async () => {
  const trust = testFolder().write('trust.json', { issuers: [] });
  const flood = [new Uint8Array(100_000).fill(0x80), new Uint8Array(100_000), '\nGK1:'];
  const { out } = await gatectl(['inspect', '--trust', trust, '--json', '-'], flood);
  const reasons = out.split('\n').flatMap((line) => (line === '' ? [] : JSON.parse(line).reason));
  expect(reasons).toEqual(['too-long', 'bad-structure']);
});
