/** `gatectl revoke`: one admin's step that only revokes more, and that a gate takes as such. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseRevocations } from '../../../kiosk/credential/revocations.js';
import { personToken } from '../../../kiosk/credential/tokens.js';
import { onlyRevokesMore } from '../../../kiosk/settings/signed/tightening.js';
import { payloadOf, site, threeAdmins } from './admins.js';
import { openOffice } from './papers.js';
import { gatectl, testFolder } from './run-in-place.js';

const reason = ['--reason', 'a lost badge'];
const first = ['--site', site, '--seq', '1', ...reason];
const kid = 'ab'.repeat(8);

function listOf(file: string) {
  const read = parseRevocations(payloadOf(file)['body']);
  if (!read.ok) throw new Error(read.problems[0]?.problem);
  return read.revocations;
}

test('revokes a paper by its text, its id or a file, signed by one, on top of what was revoked', async () => {
  const folder = testFolder();
  const { keyOf, trust } = threeAdmins(folder);
  const { by } = await openOffice({ ...folder, path: (name) => folder.path(`office-${name}`) });
  const badge = ['issue', 'guard-badge', '--sub', 'guard-7', '--json', ...by];
  const issued = JSON.parse((await gatectl(badge)).out) as { text: string; id: string };
  const [r1, r2, r3] = ['r1.json', 'r2.json', 'r3.json'].map((name) => folder.path(name)) as [
    ...[string, string, string],
  ];
  const sign = ['--key', keyOf('ann'), '--trust', trust];
  const made = await gatectl(['revoke', issued.text, '--out', r1, ...first, ...sign]);
  expect([made.code, made.err]).toEqual([0, '']);
  expect(made.out).toContain('signed     1 of 2: ann');
  expect(made.out).toContain('new entries: 1');
  expect([...listOf(r1).credentials.values()]).toEqual([issued.id]);
  expect(payloadOf(r1)).toMatchObject({ channel: 'revocation', seq: 1, probationSeconds: 0 });

  const one = '11'.repeat(16);
  const list = folder.write('lost.txt', `${one}\r\n\n${issued.text}\n`);
  const next = ['--previous', r1, ...reason, ...sign];
  expect((await gatectl(['revoke', list, '--out', r2, ...next])).code).toBe(0);
  expect([...listOf(r2).credentials.values()]).toEqual([issued.id, one]);
  const previous = JSON.parse((await gatectl(['config', 'history', r1, '--json'])).out);
  expect(payloadOf(r2)).toMatchObject({ seq: 2, prevSha256: previous[0].sha256 });
  expect(onlyRevokesMore(listOf(r1), listOf(r2))).toBe(true);
  const diff = await gatectl(['config', 'diff', r1, r2]);
  expect(diff.out).toContain('one signature is enough');

  const again = await gatectl(['revoke', one, '--out', r3, '--previous', r2, ...reason]);
  expect([again.code, again.err]).toEqual([1, expect.stringContaining('revoked already')]);
});

test('revokes persons, an issuer’s key and a kind', async () => {
  const folder = testFolder();
  const out = folder.path('r1.json');
  const pepper = folder.path('pepper');
  await gatectl(['keys', 'pepper', '--out', pepper]);
  const token = '22'.repeat(16);
  const words = [
    ...['--holder', `household:${token}`, '--person', 'campus-id:2009120045', '--pepper', pepper],
    ...['--issuer', kid, '--from', '2020-02-12T00:00:00Z'],
    ...['--kind', `${kid}:exit-entry-ticket`, '--issued-before', '2020-02-10T00:00:00Z'],
  ];
  const made = await gatectl(['revoke', ...words, '--out', out, ...first]);
  expect([made.code, made.err]).toEqual([0, '']);
  const secret = Buffer.from(readFileSync(pepper, 'utf8').trim(), 'base64url');
  const { holders, issuers, kinds } = listOf(out);
  expect([...holders]).toEqual([
    `household:${token}`,
    `campus-id:${personToken(secret, 'campus-id', '2009120045')}`,
  ]);
  expect([...issuers]).toEqual([[kid, Date.parse('2020-02-12T00:00:00Z') / 1_000]]);
  expect([...kinds]).toEqual([[`${kid}/4`, Date.parse('2020-02-10T00:00:00Z') / 1_000]]);
});

test('refuses what it cannot understand, and a step without what is revoked already', async () => {
  const folder = testFolder();
  const { keyOf, trust } = threeAdmins(folder);
  const out = ['--out', folder.path('r.json')];
  const revoke = (...words: string[]) => gatectl(['revoke', ...words, ...out]);
  expect((await revoke(...first)).err).toContain('what is to be revoked is required');
  expect((await revoke('GK1:ABC', ...first)).err).toContain('is no whole credential');
  expect((await revoke(folder.path('none.txt'), ...first)).err).toContain('cannot be read');
  writeFileSync(folder.path('bad.txt'), 'hello\n');
  expect((await revoke(folder.path('bad.txt'), ...first)).err).toContain('line 1');
  expect((await revoke('--holder', 'name:ab', ...first)).err).toContain('space one of');
  expect((await revoke('--issuer', 'AB', ...first)).err).toContain('16 hex digits');
  expect((await revoke('--kind', `${kid}:pass`, ...first)).err).toContain('--issued-before');
  const id = '11'.repeat(16);
  const third = ['--site', site, '--seq', '3', '--prev-sha256', 'ab'.repeat(32), ...reason];
  expect((await revoke(id, ...third)).err).toContain('--previous STEP or --list FILE');
  const list = folder.write('list.json', { credentials: ['33'.repeat(16)] });
  await gatectl(['keys', 'new', '--out', keyOf('eve')]);
  const eve = ['--key', keyOf('eve'), '--trust', trust];
  expect((await revoke(id, ...third, '--list', list, ...eve)).err).toContain('would not count');
  expect(existsSync(folder.path('r.json'))).toBe(false);
});
