import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodeBase64url } from '../../../config/crypto/base64url.js';
import { generatePrivateKey } from '../../../config/crypto/ed25519-key.js';
import { formatKeyFile } from '../../../config/crypto/key-file.js';
import { applyInputs } from '../../../kiosk/collector/apply.js';
import { holdAlone } from '../../../kiosk/collector/beside.js';
import type { Notice } from '../../../kiosk/collector/notices.js';
import { registryPublicKey, sealer } from '../../../kiosk/evidence/seal.js';
import { prepareRequest } from '../../../kiosk/journal/record.js';
import { openStore } from '../../../kiosk/journal/store.js';
import { drawLive } from '../../../scripts/gatectl/collect-gates.js';
import {
  journalId,
  kiosk,
  type MadeRecord,
  madeJournal,
  plain,
  type StoreRig,
  site,
  startMs,
  storeRig,
} from '../../kiosk/collector/rig.js';
import { gatectl } from './run-in-place.js';

const registry = new Uint8Array(32).fill(7);
const seal = sealer(registryPublicKey(registry), (count) => new Uint8Array(count).fill(3));
function sealed(contents: Parameters<typeof seal>[0]) {
  const part = seal(contents);
  if (part === null) throw new Error('not sealed');
  return { salt: part.salt, box: part.box };
}

const zone = 'north-gate';
const token = 'ab'.repeat(16);
const ticket = 'cd'.repeat(24);
const decision = {
  type: 'decision',
  zone,
  direction: 'in',
  reasons: [],
  documents: [],
  attempt: 1,
};
const identities = [{ space: 'id-number', token }];
/** Four attempts: a registered visitor, a refusal, a resident with a ticket, and a no-show. */
const records: readonly MadeRecord[] = [
  {
    type: 'details',
    attempt: 1,
    part: sealed({ type: 'details', phone: '+86 451 5550', transport: '=G1' }),
  },
  {
    ...{ ...decision, outcome: 'grant', rule: 'logistics-service', identities },
    part: sealed({ type: 'id-card', name: '欧阳试样', number: '11000019900307033X' }),
  },
  { type: 'passage', outcome: 'passed', grant: 3, attempt: 1 },
  { ...decision, outcome: 'deny', rule: null, reasons: ['expired'], attempt: 2 },
  { ...decision, outcome: 'refer', rule: 'fever', reasons: ['fever', 'expired'], attempt: 2 },
  {
    ...{ ...decision, outcome: 'grant', rule: 'resident', attempt: 3 },
    documents: [{ kind: 'exit-entry-ticket', id: ticket }],
    identities: [{ space: 'household', token }],
  },
  { type: 'passage', outcome: 'passed-slowly', grant: 7, attempt: 3 },
  { ...decision, outcome: 'grant', rule: 'resident', attempt: 4, identities: [] },
  { type: 'passage', outcome: 'no-show', grant: 9, attempt: 4 },
  { type: 'passage', outcome: 'tailgate', grant: null, request: 44, attempt: null },
  { type: 'override', zone, direction: 'in', request: 44, reasons: [], identities, attempt: 5 },
];
const journal = madeJournal(journalId(1), records);
const from = '2020-02-12T00:00:00Z';
const to = '2020-02-12T00:01:00Z';

let rig: StoreRig;
let db: string;
beforeEach(() => {
  rig = storeRig();
  db = rig.file;
});
afterEach(() => rig.dispose());

const ask = (...words: string[]) => gatectl(['collect', ...words, '--db', db]);
const asJson = async (...words: string[]): Promise<unknown> =>
  JSON.parse((await ask(...words, '--json')).out);

function keyFile(name = 'registry.key'): string {
  const file = join(rig.folder, name);
  writeFileSync(file, `${encodeBase64url(registry)}\n`);
  return file;
}

describe('who passed a zone', () => {
  const asked = ['passages', '--zone', zone, '--from', from, '--to', to];

  test('is told by tokens: those who went through, with what let them', async () => {
    rig.take(journal.batch(1));
    expect(await asJson(...asked)).toMatchObject([
      { gate: kiosk, outcome: 'passed', rule: 'logistics-service', people: [`id-number:${token}`] },
      { outcome: 'passed-slowly', rule: 'resident', people: [`household:${token}`] },
      { outcome: 'tailgate', rule: 'override', people: [`id-number:${token}`] },
    ]);
    const { out, err, code } = await ask(...asked);
    expect([out.trimEnd().split('\n').length, err, code]).toEqual([4, '', 0]);
    expect(out).not.toContain('欧阳');
  });

  test('is of that zone and those times only', async () => {
    rig.take(journal.batch(1));
    const at = '2020-02-12T00:00:03Z';
    const just = ['passages', '--zone', zone, '--from', at, '--to', '2020-02-12T00:00:03.001Z'];
    expect(await asJson(...just)).toHaveLength(1);
    expect(await asJson('passages', '--zone', zone, '--from', from, '--to', at)).toEqual([]);
    const elsewhere = ['passages', '--zone', 'south-gate', '--from', from, '--to', to];
    expect(await asJson(...elsewhere)).toEqual([]);
    const { code, err } = await ask(...elsewhere);
    expect([code, err]).toEqual([0, expect.stringContaining(`there are ${zone}`)]);
  });

  test('has names only with the registry’s key, and then it is written down who asked', async () => {
    rig.take(journal.batch(1));
    const opened = await ask(...asked, '--open', keyFile(), '--json');
    expect(JSON.parse(opened.out)).toMatchObject([
      {
        name: '欧阳试样',
        number: '11000019900307033X',
        phone: '+86 451 5550',
        other: ['transport==G1'],
        closed: 0,
      },
      { name: null, closed: 0 },
      { name: null, closed: 0 },
    ]);
    expect(opened.err).toContain('written down');
    const audit = rig.store.database.prepare('SELECT what, count FROM audit').all();
    expect(audit).toMatchObject([{ count: 3 }]);
    expect(JSON.stringify(audit)).toContain(zone);
  });

  test('stays closed to another key, and to everybody where it cannot be written down', async () => {
    rig.take(journal.batch(1));
    const other = join(rig.folder, 'other.key');
    writeFileSync(other, `${encodeBase64url(new Uint8Array(32).fill(8))}\n`);
    const closed = await ask(...asked, '--open', other, '--json');
    expect(closed.out).not.toContain('欧阳');
    expect(JSON.parse(closed.out)).toMatchObject([{ closed: 2 }, { closed: 0 }, { closed: 0 }]);
    rig.store.database.exec('DROP TABLE audit');
    await expect(ask(...asked, '--open', keyFile())).rejects.toThrow('audit');
    expect((await ask(...asked, '--open', join(rig.folder, 'none'))).code).toBe(2);
  });

  test('is refused where the key opens none of it, and what came of it is written down', async () => {
    rig.take(journal.batch(1));
    const audited = () =>
      rig.store.database.prepare('SELECT what FROM audit ORDER BY id').pluck().all();
    const other = join(rig.folder, 'other.key');
    writeFileSync(other, `${encodeBase64url(new Uint8Array(32).fill(8))}\n`);
    const none = await ask(...asked, '--open', other);
    expect(none.code).toBe(1);
    expect(none.err).toContain('opens none of 2 sealed parts (not-for-this-key)\n');
    expect(none.err).not.toContain('opened by');
    expect(audited()).toEqual([
      expect.stringMatching(/^passages of north-gate .*: this key opens none of 2 sealed parts/),
    ]);
    const all = await ask(...asked, '--open', keyFile());
    expect([all.code, all.err]).toEqual([0, expect.stringContaining('opens 2 sealed parts\n')]);
    expect(audited()[1]).toMatch(/: this key opens 2 sealed parts$/);
    const from3 = '2020-02-12T00:00:03.001Z';
    const later = ['passages', '--zone', zone, '--from', from3, '--to', to];
    const bare = await ask(...later, '--open', other);
    expect([bare.code, bare.err]).toEqual([0, expect.stringContaining('nothing sealed stands')]);
    rig.store.database.exec('UPDATE parts SET box = zeroblob(80) WHERE seq = 2');
    const some = await ask(...asked, '--open', keyFile());
    const left = 'opens 1 sealed part, and not the other 1 (not-for-this-key)\n';
    expect([some.code, some.err]).toEqual([0, expect.stringContaining(left)]);
    rig.store.database.exec(
      "CREATE TRIGGER full BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is full'); END",
    );
    await expect(ask(...asked, '--open', keyFile())).rejects.toThrow('audit is full');
  });

  test('as CSV is safe to open in a spreadsheet', async () => {
    rig.take(journal.batch(1));
    const { out } = await ask(...asked, '--open', keyFile(), '--csv');
    const [head, first] = out.split('\r\n');
    expect(head).toBe(
      'time,gate,direction,outcome,rule,people,name,number,phone,address,other,closed',
    );
    expect(first).toContain(',+86 451 5550,,transport==G1,0');
    const spiteful = madeJournal(journalId(2), [
      { ...decision, outcome: 'deny', reasons: ['=1+1', 'a"b', '\u001b[2J'] },
    ]);
    rig.take(spiteful.batch(1), 'gate-2');
    const csv = (await ask('refusals', '--from', from, '--to', to, '--csv')).out;
    expect(csv).toContain("\r\n'=1+1,1,0\r\n");
    expect(csv).toContain('\r\n"a""b",1,0\r\n');
    const table = (await ask('refusals', '--from', from, '--to', to)).out;
    expect(table).not.toContain('\u001b');
  });
});

test('refusals are counted by reason, rule, gate or zone', async () => {
  rig.take(journal.batch(1));
  const asked = ['refusals', '--from', from, '--to', to];
  expect(await asJson(...asked)).toEqual([
    { reason: 'expired', denied: 1, referred: 1 },
    { reason: 'fever', denied: 0, referred: 1 },
  ]);
  expect(await asJson(...asked, '--by', 'rule')).toEqual([
    { rule: 'fever', denied: 0, referred: 1 },
    { rule: 'none', denied: 1, referred: 0 },
  ]);
  expect(await asJson(...asked, '--by', 'zone')).toEqual([{ zone, denied: 1, referred: 1 }]);
  expect((await ask(...asked, '--by', 'colour')).code).toBe(2);
});

test('tickets are told with what was sensed after the grant', async () => {
  rig.take(journal.batch(1));
  expect(await asJson('tickets', '--from', from, '--to', to)).toMatchObject([
    { gate: kiosk, direction: 'in', ticket, household: token, passage: 'passed-slowly' },
  ]);
});

describe('gates', () => {
  const state = (change: object = {}) => ({
    ...{ online: true, session: '1', atMs: startMs, journal: journal.id, ...change },
    text: JSON.stringify({ backlog: 12, devices: { scanner: 'ok', panel: 'lost' } }),
  });
  const come = (gate: string, retained: boolean, nowMs: number): void => {
    const input = { is: 'state', kiosk: gate, state: state(), retained } as const;
    rig.store.transact(() => applyInputs(rig.store, [input], new Map(), nowMs));
  };

  test('are listed with what is wrong; silent is who was not heard for so long, or never', async () => {
    rig.take(journal.batch(1));
    come(kiosk, false, Date.now());
    come('gate-2', false, Date.now() - 20 * 60_000);
    const { publicKey } = generatePrivateKey();
    const trust = join(rig.folder, 'trust.json');
    const kiosks = [{ id: 'gate-3', publicKey: publicKey.text }];
    writeFileSync(trust, JSON.stringify({ issuers: [], kiosks }));
    expect(await asJson('gates', '--trust', trust)).toMatchObject([
      { gate: 'gate-2', online: 'yes', head: null, devices: ['panel lost'] },
      { gate: 'gate-3', online: 'unknown', heard: 'never' },
      { gate: kiosk, head: 12, backlog: 12 },
    ]);
    const silent = await ask('silent', '--trust', trust, '--json');
    expect(JSON.parse(silent.out)).toMatchObject([{ gate: 'gate-3' }, { gate: 'gate-2' }]);
    expect(silent.code).toBe(1);
    expect((await ask('silent', '--minutes', '30')).code).toBe(0);
  });

  test('fit the terminal, those with something wrong first', () => {
    const row = {
      heardMs: startMs,
      backlog: 0,
      troubles: [],
      journal: null,
      head: 1,
      recordMs: null,
      checkpoint: null,
    };
    const rows = Array.from({ length: 50 }, (_, index) => {
      return { ...row, kiosk: `gate-${index}`, online: index !== 40, faults: index === 30 ? 1 : 0 };
    });
    const live = { rows, nowMs: startMs + 5_000, down: null, added: 7, lines: ['a', 'b'] };
    const picture = drawLive({ ...live, height: 20, width: 70 });
    const lines = picture.split('\n');
    expect(lines.length).toBeLessThanOrEqual(20);
    const bare = lines.map((line) => line.replaceAll('\u001b[K', '').replaceAll('\u001b[H', ''));
    expect(Math.max(...bare.map(({ length }) => length))).toBeLessThanOrEqual(70);
    expect(lines[3]).toContain('gate-40');
    expect(lines[4]).toContain('gate-30');
    expect(picture).toContain('49 of 50 gates');
    const cut = drawLive({ ...live, down: 'a cable', height: 20, width: 70 });
    expect(cut).toContain('NO BROKER: a cable  50 gates');
    expect(cut).not.toContain('yes');
  });
});

describe('notices', () => {
  const notice: Notice = {
    id: '12-guard',
    kind: 'fever',
    party: 'guard',
    atMs: startMs,
    rule: 'fever',
    masked: '{"card":"**1X"}',
    journal: journal.id,
    seq: 12,
  };

  test('show the mask as it is meant', async () => {
    rig.store.notices.open(kiosk, { ...notice, masked: '"20****12"' });
    const { out } = await ask('notices');
    expect(out).toContain(' 20****12');
    expect(out).not.toContain('"');
  });

  test('are open until acknowledged, by the party they are for', async () => {
    rig.store.notices.open(kiosk, notice);
    rig.store.notices.open('gate-2', notice);
    expect(await asJson('notices', '--party', 'guard')).toHaveLength(2);
    expect(await asJson('notices', '--party', 'college')).toEqual([]);
    const ack = ['notices', '--ack', '12-guard', '--party'];
    expect((await ask(...ack, 'guard')).code).toBe(1);
    expect((await ask(...ack, 'college', '--gate', kiosk)).code).toBe(1);
    expect((await ask(...ack, 'guard', '--gate', kiosk)).code).toBe(0);
    expect(rig.store.notices.pendingAcks()).toMatchObject([{ kiosk, id: '12-guard' }]);
    expect((await ask('notices', '--ack', '12-guard')).code).toBe(2);
    rig.store.notices.closeUnseen('gate-2', new Set(), startMs);
    expect(await asJson('notices')).toMatchObject([{ gate: kiosk }]);
    const all = await asJson('notices', '--all');
    expect(all).toMatchObject([
      { gate: 'gate-2', cleared: expect.stringMatching(/^unseen by/) },
      { gate: kiosk, cleared: null },
    ]);
  });
});

describe('faults', () => {
  test('are an answer of no while one is open', async () => {
    rig.take(journal.batch(1, 4));
    expect((await ask('faults')).code).toBe(0);
    rig.take(journal.batch(7, 8));
    const open = await ask('faults', '--json');
    expect(JSON.parse(open.out)).toMatchObject([{ gate: kiosk, kind: 'gap', from: 5, to: 6 }]);
    expect(open.code).toBe(1);
    rig.take(journal.batch(5));
    expect((await ask('faults')).out).toBe('none\n');
    expect(await asJson('faults', '--all')).toMatchObject([{ kind: 'gap' }]);
  });

  test('that mend never by themselves are closed once somebody has seen them, until they show again', async () => {
    rig.take(journal.batch(1, 4));
    const fork = madeJournal(journal.id, plain(5));
    rig.take(fork.batch(3, 4));
    rig.take(journal.batch(7, 8));
    expect((await ask('faults', '--seen')).code).toBe(0);
    expect(await asJson('faults')).toMatchObject([{ kind: 'gap' }]);
    rig.take(fork.batch(3, 4));
    expect(await asJson('faults')).toMatchObject([{ kind: 'gap' }, { kind: 'fork', count: 2 }]);
  });

  test('that nothing mends are given up by hand, and that is told for ever', async () => {
    rig.take(journal.batch(1, 4));
    rig.take(journal.batch(7, 8));
    const accept = ['accept-loss', '--gate', kiosk, '--journal', journal.id];
    expect((await ask(...accept)).code).toBe(0);
    expect(rig.take(journal.batch(7, 8)).receipt).toMatchObject({ seq: 8 });
    expect(await asJson('faults', '--losses')).toMatchObject([{ gate: kiosk, from: 5, to: 6 }]);
    expect((await ask('verify')).code).toBe(0);
    expect((await ask('accept-loss', '--gate', kiosk, '--journal', 'x')).code).toBe(2);
  });
});

describe('a backup', () => {
  const backup = () => join(rig.folder, 'backup.db');

  test('is one moment, whole and checked, taken while the collector runs; and never over a file', async () => {
    rig.take(journal.batch(1, 6));
    const { code, out } = await ask('backup', backup());
    expect([code, out]).toEqual([0, `${backup()} holds 6 records of 1 journal\n`]);
    expect(statSync(backup()).mode & 0o777).toBe(0o600);
    expect((await ask('backup', backup())).code).toBe(2);
    rig.take(journal.batch(7));
    expect((await gatectl(['collect', 'verify', '--db', backup()])).out).toContain('6 records');
  });

  test('that is restored acknowledges what it holds and no more; what came after it comes again', async () => {
    rig.take(journal.batch(1, 6));
    await ask('backup', backup());
    expect(rig.take(journal.batch(7, 10)).receipt).toMatchObject({ seq: 10 });
    expect((await ask('restore', backup())).code).toBe(2);
    rig.store.close();
    for (const end of ['', '-wal', '-shm']) rmSync(`${db}${end}`, { force: true });
    const alone = holdAlone(db);
    expect((await ask('restore', backup())).err).toContain('a collector runs');
    alone?.();
    expect((await ask('restore', backup())).code).toBe(0);
    rig.reopen();
    // The gate goes on behind what was acknowledged: that is not here any more.
    expect(rig.take(journal.batch(11))).toMatchObject({ verdict: 'gap', receipt: { seq: 6 } });
    expect(rig.faults()).toEqual(['lost-after-restore 7']);
    // A gate that goes back to the receipt heals it.
    expect(rig.take(journal.batch(7)).receipt).toMatchObject({ seq: 12 });
    expect(rig.faults()).toEqual(['lost-after-restore 7 closed']);
    expect(rig.held(journal.id)).toHaveLength(12);
  });

  test('that is damaged is not restored', async () => {
    rig.take(journal.batch(1, 6));
    await ask('backup', backup());
    const copy = new Database(backup());
    copy.exec("UPDATE records SET bytes = x'7b7d' WHERE seq = 3");
    copy.close();
    const target = join(rig.folder, 'new.db');
    const { code, err } = await gatectl(['collect', 'restore', backup(), '--db', target]);
    expect(code).toBe(1);
    expect(err).toContain('record 3');
    expect(existsSync(target)).toBe(false);
    rig.store.database.exec("UPDATE records SET bytes = x'7b7d' WHERE seq = 3");
    expect((await ask('verify')).code).toBe(1);
  });
});

test('a gate’s own journal fills what is missing, as far as its disk has it', async () => {
  const file = join(rig.folder, 'gate.db');
  const opened = openStore({
    ...{ file, bootId: 'boot', at: new Date(startMs).toISOString() },
    ...{ newJournalId: journalId(5), previous: null },
  });
  if (!opened.ok) throw new Error(opened.detail);
  opened.store.close();
  expect((await ask('import', file, '--gate', kiosk)).out).toContain(': 1 record new,');
  expect((await ask('import', file, '--gate', kiosk)).out).toContain('0 records new');
  expect((await ask('import', file, '--gate', 'gate-2')).code).toBe(1);
  expect((await ask('import', db, '--gate', kiosk)).code).toBe(1);
  expect(rig.held(journalId(5))).toHaveLength(1);
});

test('of a damaged journal that a gate has kept aside, what stands before the first bad record is taken', async () => {
  const file = join(rig.folder, 'journal.db.damaged-2020-02-10T080000.000Z');
  const at = new Date(startMs).toISOString();
  const opened = openStore({
    file,
    bootId: 'boot',
    at,
    newJournalId: journalId(5),
    previous: null,
  });
  if (!opened.ok) throw new Error(opened.detail);
  const records = Array(9).fill({ type: 'x', at });
  opened.store.commit([prepareRequest({ id: 1, records, uses: [], urgent: true }, 'boot')]);
  opened.store.close();
  const database = new Database(file);
  database.exec('UPDATE records SET hash = zeroblob(32) WHERE seq = 7');
  database.close();
  const { code, out, err } = await ask('import', file, '--gate', kiosk);
  expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining('6 records new') });
  expect(err).toContain('hash-at-7');
  expect(rig.held(journalId(5))).toHaveLength(6);
});

test('run refuses what no gate would believe, and a second collector on one database', async () => {
  const key = generatePrivateKey();
  const keyPath = join(rig.folder, 'key.json');
  const trust = join(rig.folder, 'trust.json');
  writeFileSync(keyPath, formatKeyFile(key));
  const list = (name: string) =>
    writeFileSync(
      trust,
      JSON.stringify({ issuers: [], collectors: [{ name, publicKey: key.publicKey.text }] }),
    );
  const words = ['--broker', 'mqtt://127.0.0.1:1', '--trust', trust, '--key', keyPath];
  const run = (...more: string[]) =>
    ask('run', ...words, '--name', 'collector-1', '--site', site, ...more);
  list('another');
  const refused = await run();
  expect(refused.err).toContain('no gate would believe');
  const [, ...asked] = / gatectl (keys collector .*)\n/.exec(refused.err) ?? [];
  expect(asked).toEqual([`keys collector --list ${trust} --name collector-1 --key ${keyPath}`]);
  list('collector-1');
  expect((await run('--shard', '2/2')).code).toBe(2);
  expect((await run('--protocol', '3')).code).toBe(2);
  expect((await run('--ca', 'x')).code).toBe(2);
  const alone = holdAlone(db);
  const second = await run();
  alone?.();
  expect([second.code, second.err]).toEqual([1, expect.stringContaining('another collector runs')]);
});
