/** A gate signs what it has recorded, whether anybody hears of it or not. */
import { expect, test } from 'vitest';
import { generatePrivateKey } from '../../../config/crypto/ed25519-key.js';
import { virtualClock } from '../../../hardware/simulated/clock.js';
import type { KeptCheckpoint } from '../../../kiosk/journal/outbox-port.js';
import { checkpointLimits, startCheckpoints } from '../../../kiosk/report/checkpoints.js';
import { openCheckpoint } from '../../../kiosk/report/signed-note.js';

const { everyMs, everyRecords } = checkpointLimits;

function offline() {
  const clock = virtualClock({ wallMs: 0 });
  const key = generatePrivateKey();
  const kept: KeptCheckpoint[] = [];
  const checkpoints = startCheckpoints({
    ...{ key, origin: `gk/1/site/gate/${'5a'.repeat(16)}`, topic: 'checkpoint', collectors: [] },
    ...{ clock, scheduler: clock },
    publish: () => {},
    keep: (it) => kept.push(it),
  });
  const seqs = () =>
    kept.map(({ note }) => openCheckpoint(note, key.publicKey)?.head.seq ?? 'not signed');
  const head = (seq: number) => checkpoints.head({ seq, hash: 'ab'.repeat(32) });
  return { clock, checkpoints, head, seqs };
}

test('without a broker: a minute after the head has moved, or after a hundred records', () => {
  const { clock, head, seqs } = offline();
  head(1);
  head(2);
  clock.advance(everyMs - 1);
  expect(seqs()).toEqual([]);
  clock.advance(1);
  expect(seqs()).toEqual([2]);
  clock.advance(10 * everyMs);
  expect(seqs()).toEqual([2]);
  for (let seq = 3; seq <= 2 + everyRecords; seq += 1) head(seq);
  expect(seqs()).toEqual([2, 2 + everyRecords]);
});

test('when it stops, what is not signed yet', () => {
  const { checkpoints, head, seqs } = offline();
  head(7);
  checkpoints.stop();
  expect(seqs()).toEqual([7]);
  checkpoints.stop();
  expect(seqs()).toEqual([7]);
});
