/** `gatectl revoke`: one admin's step that only revokes more, and that a gate takes as such. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { noRevocations, parseRevocations } from '../../../kiosk/credential/revocations.js';
import { withMoreRevoked } from '../../../kiosk/credential/revocations-union.js';
import { personToken } from '../../../kiosk/credential/tokens.js';
import { credentialIdOf } from '../../../kiosk/settings/admin/revoke-order.js';
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
  expect(made.out).toContain('ann; enough: what only revokes more needs one');
  expect(made.out).not.toContain('1 more');
  expect(made.out).toContain('new entries: 1');
  expect([...listOf(r1).credentials.values()]).toEqual([issued.id]);
  expect(payloadOf(r1)).toMatchObject({ channel: 'revocation', seq: 1, probationSeconds: 0 });

  const one = '11'.repeat(16);
  const list = folder.write('lost.txt', `${one}\r\n\n${issued.text}\n`);
  const next = ['--previous', r1, ...reason, ...sign];
  expect((await gatectl(['revoke', list, '--out', r2, ...next])).code).toBe(0);
  // What only adds has in it what is new, and names the list that must come out of it.
  expect([...listOf(r2).credentials.values()]).toEqual([one]);
  const previous = JSON.parse((await gatectl(['config', 'history', r1, '--json'])).out);
  expect(payloadOf(r2)).toMatchObject({ seq: 2, prevSha256: previous[0].sha256 });
  const [after1, after2] = [
    withMoreRevoked(noRevocations, listOf(r1)),
    withMoreRevoked(withMoreRevoked(noRevocations, listOf(r1)), listOf(r2)),
  ];
  expect(payloadOf(r1)['selfTest']).toEqual([{ result: after1.sha256 }]);
  expect(payloadOf(r2)['selfTest']).toEqual([{ result: after2.sha256 }]);
  const diff = await gatectl(['config', 'diff', r1, r2]);
  expect(diff.out).toContain('credentials 1 → 2');
  expect(diff.out).toContain('one admin may sign alone');
  expect(diff.out).toContain('one signature is enough');
  expect(diff.out).not.toContain('gatectl revoke makes');
  expect(diff.out).toContain(`  + credentials ${one}\n`);

  const again = await gatectl(['revoke', one, '--out', r3, '--previous', r2, ...reason]);
  expect([again.code, again.err]).toEqual([1, expect.stringContaining('revoked already')]);
});

test('what only adds is not signed by so many that a gate would take it for the whole list', async () => {
  const folder = testFolder();
  const { keyOf, trust, list } = threeAdmins(folder);
  const r1 = folder.path('r1.json');
  const id = '11'.repeat(16);
  const out = ['--out', r1, ...first];
  await gatectl(['revoke', id, ...out, '--key', keyOf('ann'), '--trust', trust]);
  const sign = (...words: string[]) =>
    gatectl(['config', 'sign', r1, '--key', keyOf('ben'), ...words]);
  for (const words of [['--trust', trust], []]) {
    const { code, err } = await sign(...words);
    expect([code, err]).toEqual([2, expect.stringContaining('gatectl revoke --whole')]);
  }
  const one = folder.write('one.json', { ...list, thresholds: { revocation: 1 } });
  const more = [
    'revoke',
    '22'.repeat(16),
    '--previous',
    r1,
    ...reason,
    '--out',
    folder.path('r2.json'),
  ];
  expect((await gatectl([...more, '--trust', one])).err).toContain('--whole is required');
});

test('a whole list takes the place of what was added, and all sign it', async () => {
  const folder = testFolder();
  const { keyOf, trust } = threeAdmins(folder);
  const [r1, r2, r3] = ['r1', 'r2', 'r3'].map((name) => folder.path(`${name}.json`)) as [
    ...[string, string, string],
  ];
  const ids = ['11', '22', '33'].map((byte) => byte.repeat(16)) as [string, string, string];
  await gatectl(['revoke', ids[0], '--out', r1, ...first]);
  const whole = ['--previous', r1, ...reason, '--whole', '--out', r2];
  expect((await gatectl(['revoke', ids[1], ...whole])).err).toContain('--whole needs all of it');
  const list = folder.write('list.json', { credentials: [ids[0]] });
  expect((await gatectl(['revoke', ids[1], ...whole, '--list', list])).code).toBe(0);
  expect([...listOf(r2).credentials.values()]).toEqual([ids[0], ids[1]]);
  expect(payloadOf(r2)['selfTest']).toEqual([{ result: listOf(r2).sha256 }]);
  for (const name of ['ann', 'ben'])
    expect(
      (await gatectl(['config', 'sign', r2, '--key', keyOf(name), '--trust', trust])).code,
    ).toBe(0);
  // And the next addition stands on it.
  await gatectl(['revoke', ids[2], ids[1], '--previous', r2, ...reason, '--out', r3]);
  expect([...listOf(r3).credentials.values()]).toEqual([ids[2]]);
  const after = withMoreRevoked(listOf(r2), listOf(r3));
  expect(payloadOf(r3)['selfTest']).toEqual([{ result: after.sha256 }]);
});

test('a whole list is rid of papers that ended a week ago, and of nothing else', async () => {
  const folder = testFolder();
  const { by } = await openOffice({ ...folder, path: (name) => folder.path(`office-${name}`) });
  const badge = async (sub: string, day: number) => {
    const expires = ['--expires', `2020-02-0${day}T00:00:00Z`, '--issued', '2020-02-01T00:00:00Z'];
    const made = await gatectl(['issue', 'guard-badge', '--sub', sub, '--json', ...expires, ...by]);
    return { answer: made.out.trim(), ...(JSON.parse(made.out) as { text: string; id: string }) };
  };
  const [old, edge, late] = [await badge('g1', 2), await badge('g2', 3), await badge('g3', 4)];
  const unknown = '11'.repeat(16);
  const papers = [old, edge, late];
  const list = folder.write('list.json', { credentials: [unknown, ...papers.map(({ id }) => id)] });
  const over = folder.write('issued.txt', [old.answer, edge.text, late.answer, '{', ''].join('\n'));
  const out = folder.path('r5.json');
  const words = ['--site', site, '--seq', '5', '--prev-sha256', 'ab'.repeat(32), ...reason];
  const at = ['--issued', '2020-02-10T00:00:00Z'];
  const revoke = ['revoke', ...words, ...at, '--list', list, '--over', over, '--out', out];
  const more = '22'.repeat(16);
  expect((await gatectl([...revoke, more])).err).toContain('--over goes with --whole');
  const made = await gatectl([...revoke, '--whole']);
  expect([made.code, made.err]).toEqual([0, '']);
  expect([...listOf(out).credentials.values()]).toEqual([unknown, late.id]);
});

test('a paper that nobody on the list has signed takes none off the list', async () => {
  const folder = testFolder();
  const { by, trust } = await openOffice({
    ...folder,
    path: (name) => folder.path(`office-${name}`),
  });
  const times = ['--issued', '2020-02-01T00:00:00Z', '--expires', '2020-02-02T00:00:00Z'];
  const made = await gatectl(['issue', 'guard-badge', '--sub', 'g1', '--json', ...times, ...by]);
  const { text: paper, id } = JSON.parse(made.out) as { text: string; id: string };
  // Its last bytes are the signature's.
  const forged = `${paper.slice(0, -2)}${paper.endsWith('00') ? '10' : '00'}`;
  expect(credentialIdOf(forged)).toBe(id);
  const out = folder.path('r6.json');
  const list = folder.write('list.json', { credentials: [id] });
  const words = ['--site', site, '--seq', '6', '--prev-sha256', 'ab'.repeat(32), ...reason];
  const revoke = async (text: string) => {
    const over = folder.write('issued.txt', text);
    const at = ['--issued', '2020-03-10T00:00:00Z', '--over', over, '--out', out, ...trust];
    expect((await gatectl(['revoke', ...words, '--list', list, ...at, '--whole'])).err).toBe('');
    const left = [...listOf(out).credentials.values()];
    rmSync(out);
    return left;
  };
  expect(await revoke(forged)).toEqual([id]);
  expect(await revoke(paper)).toEqual([]);
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
  expect((await revoke('GK1:…', ...first)).err).toContain(' GK1:… is no whole credential');
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
