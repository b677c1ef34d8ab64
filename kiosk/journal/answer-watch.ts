/**
 * Law 7, the journal's part: each request is answered once, committed ones in their order, with as
 * many numbers as it had records, none left out between two, and the chain's head moves with them.
 * It looks at requests and answers from outside, and knows nothing of how they come about. Pure.
 */
import type { Head } from './chain.js';
import { type AppendRequest, type JournalEvent, ownRecordsId } from './port.js';

export interface AnswerWatch {
  asked(request: Pick<AppendRequest, 'id' | 'records'>): void;
  /** @returns what is wrong with an answer, or null */
  answered(event: JournalEvent): string | null;
  /** The journal has been opened, with this head. */
  opened(head: Head): void;
}

interface Asked {
  readonly order: number;
  readonly recordCount: number;
}

const hashShape = /^[0-9a-f]{64}$/;

/** @returns a watch over a journal of which nothing is known before `opened` */
export function watchAnswers(): AnswerWatch {
  const waiting = new Map<number, Asked>();
  let askedCount = 0;
  let committedOrder = 0;
  /** null: the first answer tells it */
  let head: Head | null = null;

  const moves = (firstSeq: number, next: Head, recordCount: number): string | null => {
    if (next.seq - firstSeq + 1 !== recordCount)
      return 'as many numbers as it had records are not given';
    if (!hashShape.test(next.hash)) return 'a head without a hash';
    if (head !== null) {
      if (firstSeq !== head.seq + 1) return `after record ${head.seq} comes ${firstSeq}`;
      if ((next.hash === head.hash) !== (recordCount === 0))
        return 'the head has not moved with it';
    }
    head = next;
    return null;
  };

  return {
    asked({ id, records }) {
      askedCount += 1;
      waiting.set(id, { order: askedCount, recordCount: records.length });
    },
    answered(event) {
      if (event.id === ownRecordsId && event.type === 'committed') {
        const { firstSeq, lastSeq, hash } = event;
        return moves(firstSeq, { seq: lastSeq, hash }, lastSeq - firstSeq + 1);
      }
      const asked = waiting.get(event.id);
      if (asked === undefined) return 'an answer to nothing that waits for one';
      waiting.delete(event.id);
      if (event.type === 'failed') return null;
      if (asked.order < committedOrder) return 'committed after what was asked later';
      committedOrder = asked.order;
      const { firstSeq, lastSeq, hash } = event;
      return moves(firstSeq, { seq: lastSeq, hash }, asked.recordCount);
    },
    opened(next) {
      head = next;
    },
  };
}
