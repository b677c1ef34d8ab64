/** What a gate has sealed, and whose journal a file is: one odd part hides no other, one gate's records stay its own. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeBase64url } from '../../../config/crypto/base64url.js';
import { registryPublicKey, sealer } from '../../../kiosk/evidence/seal.js';
import {
  journalId,
  kiosk,
  madeJournal,
  type StoreRig,
  storeRig,
} from '../../kiosk/collector/rig.js';
import { change, journal, makeJournal, registryKey } from '../../kiosk/history/rig.js';
import { gatectl } from './run-in-place.js';

const registry = new Uint8Array(32).fill(7);
const seal = sealer(registryPublicKey(registry), (count) => new Uint8Array(count).fill(3));
let rig: StoreRig;
beforeEach(() => {
  rig = storeRig();
});
afterEach(() => rig.dispose());

/** Whoever has the public key can seal anything. */
function sealed(contents: unknown) {
  const part = seal(contents as Parameters<typeof seal>[0]);
  if (part === null) throw new Error('not sealed');
  return { salt: part.salt, box: part.box };
}

test('details that no text can be made of are shown as they are, and hide nobody else’s', async () => {
  const odd = { toString: 1, valueOf: 1 };
  const decision = { type: 'decision', outcome: 'grant', rule: 'r', zone: 'z', direction: 'in' };
  const passage = { type: 'passage', outcome: 'passed' };
  const made = madeJournal(journalId(1), [
    { type: 'details', attempt: 1, part: sealed({ type: 'details', transport: odd }) },
    { ...decision, attempt: 1 },
    { ...passage, grant: 3, attempt: 1 },
    { type: 'details', attempt: 2, part: sealed({ type: 'details', phone: '555' }) },
    { ...decision, attempt: 2 },
    { ...passage, grant: 6, attempt: 2 },
  ]);
  rig.take(made.batch(1));
  const key = join(rig.folder, 'registry.key');
  writeFileSync(key, `${encodeBase64url(registry)}\n`);
  const times = ['--from', '2020-02-12T00:00:00Z', '--to', '2020-02-12T00:01:00Z'];
  const traced = ['collect', 'passages', '--db', rig.file, '--zone', 'z', ...times, '--open', key];
  const opened = ['journal', 'open', rig.file, '--key', key, '--reason', 'r', '--from', '1'];
  for (const words of [traced, opened]) {
    const { code, out } = await gatectl(words);
    expect(code).toBe(0);
    expect(out).toContain('transport={"toString":1,"valueOf":1}');
    expect(out).toContain('555');
  }
});

test('a journal whose own checkpoints name another gate is not taken in this one’s name', async () => {
  const file = makeJournal({ count: 60, everyRecords: 20 });
  const take = (gate: string) =>
    gatectl(['collect', 'import', file.file, '--db', rig.file, '--gate', gate]);
  try {
    const wrong = await take('south-gate-in-1');
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining(kiosk)]);
    expect(rig.held(journal, 'south-gate-in-1')).toEqual([]);
    const right = await take(kiosk);
    expect([right.code, right.out]).toEqual([0, expect.stringContaining('60 records new')]);
  } finally {
    file.dispose();
  }
});

test('what is opened of a journal that does not hold is shown, and said not to be proven', async () => {
  const made = makeJournal({ count: 40, everyRecords: 20 });
  try {
    const file = made.copy();
    // Another record with the part beside it: each part is the one that its record names.
    for (const [table, columns] of [
      ['records', 'bytes, hash'],
      ['sealed', 'salt, box'],
    ])
      change(
        file,
        `UPDATE ${table} SET (${columns}) = (SELECT ${columns} FROM ${table} WHERE seq = 21) WHERE seq = 7`,
      );
    const key = join(rig.folder, 'key');
    writeFileSync(key, `${encodeBase64url(registryKey)}\n`);
    const open = (name: string, seq: string) =>
      gatectl(['journal', 'open', name, '--key', key, '--reason', 'r', '--seq', seq]);
    const wrong = await open(file, '7');
    expect([wrong.code, wrong.out]).toEqual([1, expect.stringContaining('王小明')]);
    expect(wrong.err).toContain('DOES NOT HOLD: record 7');
    expect((await open(made.file, '21')).code).toBe(0);
  } finally {
    made.dispose();
  }
});
