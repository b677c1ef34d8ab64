/** A gate that has a key and no broker signs its journal all the same. */
import { expect, test } from 'vitest';
import { generatePrivateKey } from '../../../config/crypto/ed25519-key.js';
import { virtualClock } from '../../../hardware/simulated/clock.js';
import { signJournal } from '../../../kiosk/daemon/sign-journal.js';
import { memoryDisk, memoryJournal } from '../../../kiosk/journal/memory.js';
import { checkpointLimits } from '../../../kiosk/report/checkpoints.js';
import { openCheckpoint } from '../../../kiosk/report/signed-note.js';

const names = { site: 'main-campus', kiosk: 'gate-1' };
const journal = '5a'.repeat(16);

test('after a minute, and when it ends; each checkpoint names the gate and stays beside the records', async () => {
  const clock = virtualClock({ wallMs: 0 });
  const disk = memoryDisk();
  const opened = memoryJournal({
    ...{ clock, scheduler: clock, disk, latencyMs: () => 1, bootId: 'boot' },
    ...{ at: '2020-02-12T08:00:00.000Z', newJournalId: journal, previous: null },
  });
  const deviceKey = generatePrivateKey();
  const end = signJournal({ names, deviceKey, clock, scheduler: clock }, opened);
  const signed = () =>
    [...disk.checkpoints.values()].map(({ note }) => {
      const checkpoint = openCheckpoint(note, deviceKey.publicKey);
      return [checkpoint?.origin, checkpoint?.head.seq];
    });
  const origin = `gk/1/main-campus/gate-1/${journal}`;
  const { seq } = opened.restored.head;
  clock.advance(checkpointLimits.everyMs);
  expect(signed()).toEqual([[origin, seq]]);
  const records = [{ type: 'decision', at: '2020-02-12T08:01:00.000Z' }];
  opened.journal.append({ id: 1, records, uses: [], urgent: true });
  clock.advance(10);
  await end();
  expect(signed()).toEqual([
    [origin, seq],
    [origin, seq + 1],
  ]);
});
