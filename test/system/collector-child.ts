/**
 * A collector that does nothing but store: goes on with one journal from where its database ends, a
 * dozen batches a transaction, and says each receipt on stdout as soon as it may. Is killed by its
 * parent; where it is told how many receipts it may say, it waits for that behind them.
 */
import { writeSync } from 'node:fs';
import { openCollectorStore } from '../../kiosk/collector/store.js';
import { takeBatch } from '../../kiosk/collector/take.js';
import { journalId, madeJournal, plain } from '../kiosk/collector/rig.js';

const batchRows = 5;
const batchesInOne = 12;
const killedMsMax = 60_000;
const [file = '', site = '', kiosk = '', count = '0', most = 'Infinity'] = process.argv.slice(2);

const opened = openCollectorStore({ file, site, cosign: null });
if (!opened.ok) throw new Error(`${opened.why}: ${opened.detail}`);
const { store } = opened;
const journal = madeJournal(journalId(1), plain(Number(count) - 1));
let said = 0;
for (let head = store.journals.find(kiosk, journal.id)?.head.seq ?? 0; head < Number(count); ) {
  const receipt = store.transact(() => {
    let last = null;
    for (let part = 0; part < batchesInOne && head < Number(count); part += 1) {
      const batch = journal.batch(head + 1, Math.min(head + batchRows, Number(count)));
      last = takeBatch(store, kiosk, batch, 0).receipt;
      head = last?.seq ?? 0;
    }
    return last;
  });
  writeSync(1, `${JSON.stringify(receipt)}\n`);
  said += 1;
  if (said === Number(most))
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, killedMsMax);
}
