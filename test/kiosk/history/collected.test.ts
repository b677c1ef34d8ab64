/** What a collector has stored is verified like the gate's own, and says what it was told to do without. */
import { afterAll, beforeEach, expect, test } from 'vitest';
import { importJournal } from '../../../kiosk/collector/import.js';
import { exportJournal } from '../../../kiosk/history/export.js';
import { openSources } from '../../../kiosk/history/open-source.js';
import { verifyJournal } from '../../../kiosk/history/verify.js';
import {
  collectorKey,
  collectorName,
  madeJournal,
  plain,
  type StoreRig,
  site,
  startMs,
  storeRig,
} from '../collector/rig.js';
import {
  change,
  deviceKey,
  keys as gateKeys,
  journal,
  makeJournal,
  names,
  signed,
  verify,
} from './rig.js';

const made = makeJournal({ count: 320, everyRecords: 50 });
afterAll(() => made.dispose());
const keys = { ...gateKeys, collectors: [{ name: collectorName, key: collectorKey.publicKey }] };
let rig: StoreRig;
beforeEach(() => {
  rig = storeRig();
  return () => rig.dispose();
});

/** The gate's journal, and its last signed head, in a collector. */
function collected(): string {
  const imported = importJournal(rig.store, names.kiosk, made.file, startMs);
  if (!imported.ok) throw new Error(imported.detail);
  const { note } = signed(made.head);
  const { kiosk } = names;
  rig.store.transact(() =>
    rig.store.checkpoints.take({ kiosk, note, key: deviceKey.publicKey }, startMs),
  );
  rig.store.close();
  return rig.file;
}

test('a journal that was collected holds, and so does its export', () => {
  const file = collected();
  expect(verify(file, { keys })).toMatchObject({
    ...{ kind: 'collector', site, kiosk: names.kiosk, journal, fault: null, count: 320 },
    ...{ head: made.head, partsPresent: 45, checkpointThrough: 320 },
  });
  const opened = openSources(file, { kiosk: names.kiosk, journal });
  const source = opened.ok ? opened.file.sources[0] : undefined;
  if (!opened.ok || source === undefined) throw new Error('no source');
  const target = `${file}.jsonl`;
  expect(exportJournal(source, { target, from: null, to: null, progress: () => {} }).ok).toBe(true);
  opened.file.close();
  expect(verify(target, { keys })).toMatchObject({ of: 'collector', fault: null, count: 320 });
  rig.reopen();
});

test.each([
  ['a record', "UPDATE records SET bytes = x'7b7d' WHERE seq = 40", 'hash', 40],
  ['a row', 'DELETE FROM records WHERE seq = 40', 'gap', 40],
  ['a part', 'DELETE FROM parts WHERE seq = 14', 'part-missing', 14],
  ['the end', 'DELETE FROM records WHERE seq > 300', 'end', 301],
])('what is done to it is found: %s', (_name, sql, what, seq) => {
  const file = collected();
  change(file, sql);
  // Its parts went with the records.
  change(file, 'DELETE FROM parts WHERE seq NOT IN (SELECT seq FROM records)');
  expect(verify(file, { keys }).fault).toMatchObject({ what, seq });
  rig.reopen();
});

test('several journals are told apart; records that were given up are told, and no gap', () => {
  const other = madeJournal('6b'.repeat(16), plain(30));
  rig.take(other.batch(1, 10));
  rig.store.transact(() => rig.store.journals.permit(names.kiosk, other.id, 11));
  rig.take(other.batch(21));
  const file = collected();
  const opened = openSources(file, { kiosk: null, journal: null });
  if (!opened.ok) throw new Error(opened.detail);
  const known = { keys: null, site: null, kiosk: null, head: null, receipt: null };
  const checks = opened.file.sources.map((source) =>
    verifyJournal(source, { ...known, progress: () => {} }),
  );
  opened.file.close();
  expect(checks).toMatchObject([
    { journal: other.id, fault: null, count: 21, losses: [{ from: 11, to: 20 }] },
    { journal, fault: null, count: 320, losses: [] },
  ]);
  const none = openSources(file, { kiosk: 'south-gate', journal: null });
  expect(none).toMatchObject({ ok: false, why: 'none' });
  change(file, 'DELETE FROM losses');
  const lost = openSources(file, { kiosk: null, journal: other.id });
  const [source] = lost.ok ? lost.file.sources : [];
  if (!lost.ok || source === undefined) throw new Error('no source');
  const check = verifyJournal(source, { ...known, progress: () => {} });
  expect(check.fault).toMatchObject({ what: 'gap', seq: 11 });
  lost.file.close();
  rig.reopen();
});
