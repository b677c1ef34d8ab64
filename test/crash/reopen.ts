/** Opens a journal as a gate does after a crash, and sees whether it goes on. */
import type { Restored } from '../../kiosk/journal/port.js';
import { prepareRequest } from '../../kiosk/journal/record.js';
import { openStore, type Store } from '../../kiosk/journal/store.js';
import { verifyChain } from '../../kiosk/journal/verify.js';

/** How a journal opens that is judged; an id and a date of its own, so that they can be told apart. */
export const judgingRun = {
  bootId: 'judge',
  at: '2020-02-12T00:00:00.000Z',
  newJournalId: 'ff'.repeat(16),
  previous: null,
} as const;

export type Reopened =
  | {
      readonly ok: true;
      readonly restored: Restored;
      /** the last record that the outbox holds for released; 0: none */
      readonly released: number;
    }
  | {
      readonly ok: false;
      /** where it failed: to be opened, to be written to, or to hold when all of it was checked */
      readonly stage: 'open' | 'write' | 'verify';
      readonly why: string;
    };

/**
 * Opens it by the real store, writes a record, ends it, and verifies it all.
 * @param file of the database: it is changed
 * @returns what it knew, or where it failed
 */
export function reopen(file: string): Reopened {
  const opened = openStore({ file, ...judgingRun });
  if (!opened.ok) return { ok: false, stage: 'open', why: `${opened.why}: ${opened.detail}` };
  const { store, restored } = opened;
  try {
    return goOn(file, store, restored);
  } catch (error) {
    return { ok: false, stage: 'write', why: String(error) };
  } finally {
    // A second time says nothing.
    store.close();
  }
}

function goOn(file: string, store: Store, restored: Restored): Reopened {
  const released = store.outbox.reported().released?.seq ?? 0;
  const records = [{ type: 'panel', at: judgingRun.at }];
  const request = prepareRequest({ id: 1, records, uses: [], urgent: true }, judgingRun.bootId);
  const [answer] = store.commit([request]);
  if (answer?.type !== 'committed')
    return { ok: false, stage: 'write', why: `${answer?.why ?? 'no answer'}` };
  if (answer.firstSeq !== restored.head.seq + 1)
    return {
      ok: false,
      stage: 'write',
      why: `goes on with ${answer.firstSeq} after ${restored.head.seq}`,
    };
  store.close();
  const check = verifyChain(file, { seq: answer.lastSeq, hash: answer.hash });
  if (!check.ok) return { ok: false, stage: 'verify', why: `record ${check.seq}: ${check.why}` };
  return { ok: true, restored, released };
}
