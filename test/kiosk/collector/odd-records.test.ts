/** A gate that has been taken over may chain and send what it likes: the others' records are stored all the same. */
import { expect, test } from 'vitest';
import { openSources } from '../../../kiosk/history/open-source.js';
import { readPurge } from '../../../kiosk/history/purge-record.js';
import { verifyJournal } from '../../../kiosk/history/verify.js';
import { journalId, madeJournal, storeRig } from './rig.js';

test('a purge whose parts are none is no purge: it is stored as it came, and found by who verifies', () => {
  const odd = { type: 'purge', why: 'cap', parts: [null], records: null };
  expect(readPurge(2, odd)).toBeNull();
  const rig = storeRig();
  try {
    expect(rig.take(madeJournal(journalId(1), [odd]).batch(1))).toMatchObject({ added: 2 });
    const opened = openSources(rig.file, { kiosk: null, journal: null });
    const [source] = opened.ok ? opened.file.sources : [];
    if (!opened.ok || source === undefined) throw new Error('no source');
    const known = { keys: null, site: null, kiosk: null, head: null, receipt: null };
    expect(verifyJournal(source, { ...known, progress: () => {} }).fault).toMatchObject({
      ...{ what: 'purge', seq: 2 },
    });
    opened.file.close();
  } finally {
    rig.dispose();
  }
});
