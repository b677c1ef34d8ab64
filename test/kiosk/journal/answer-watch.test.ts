/** The watch over a journal's answers: silent on whatever a good one does, and on nothing else. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { watchAnswers } from '../../../kiosk/journal/answer-watch.js';
import { type JournalEvent, ownRecordsId } from '../../../kiosk/journal/port.js';

const hash = (seq: number): string => (seq + 1).toString(16).padStart(64, '0');
const record = { type: 'x', at: '2020-02-10T08:00:00.000Z' };

interface Asked {
  readonly id: number;
  readonly recordCount: number;
  readonly isFailed: boolean;
}

/** As a good journal answers. */
function answersTo(asked: readonly Asked[]): JournalEvent[] {
  let seq = 1;
  return asked.map(({ id, recordCount, isFailed }) => {
    if (isFailed) return { type: 'failed', id, why: 'disk-full' };
    const firstSeq = seq + 1;
    seq += recordCount;
    return { type: 'committed', id, firstSeq, lastSeq: seq, hash: hash(seq) };
  });
}

function watching(asked: readonly Asked[]) {
  const watch = watchAnswers();
  watch.opened({ seq: 1, hash: hash(1) });
  for (const { id, recordCount } of asked)
    watch.asked({ id, records: Array.from({ length: recordCount }, () => record) });
  return watch;
}

const anyAsked = fc
  .array(fc.record({ recordCount: fc.nat(3), isFailed: fc.boolean() }), {
    minLength: 1,
    maxLength: 30,
  })
  .map((all) => all.map((it, index): Asked => ({ ...it, id: index + 1 })));

test('is silent on every good journal', () => {
  fc.assert(
    fc.property(anyAsked, (asked) => {
      const watch = watching(asked);
      for (const event of answersTo(asked)) expect(watch.answered(event)).toBeNull();
    }),
  );
});

/** Ways to spoil the answers from one committed with records on; null: they do not do it here. */
const spoilings: Readonly<
  Record<string, (events: readonly JournalEvent[], at: number) => readonly JournalEvent[] | null>
> = {
  'one is left out and the rest goes on': (events, at) =>
    events.slice(at + 1).some((event) => event.type === 'committed')
      ? events.filter((_, index) => index !== at)
      : null,
  'one comes twice': (events, at) =>
    events.flatMap((it, index) => (index === at ? [it, it] : [it])),
  'a number is left out': (events, at) =>
    events.map((event, index) =>
      index < at || event.type === 'failed'
        ? event
        : { ...event, firstSeq: event.firstSeq + 1, lastSeq: event.lastSeq + 1 },
    ),
  'the head stays where it was': (events, at) =>
    events.map((event, index) =>
      index === at && event.type === 'committed'
        ? { ...event, hash: hash(event.firstSeq - 1) }
        : event,
    ),
  'one is for nothing': (events, at) =>
    events.flatMap((event, index) => (index === at ? [event, { ...event, id: 10_000 }] : [event])),
  'it has no hash': (events, at) =>
    events.map((event, index) =>
      index === at && event.type === 'committed' ? { ...event, hash: '' } : event,
    ),
};

describe('is not silent where', () => {
  for (const [name, spoil] of Object.entries(spoilings))
    test(name, () => {
      let count = 0;
      fc.assert(
        fc.property(anyAsked, fc.nat(29), (asked, from) => {
          const events = answersTo(asked);
          const at = events.findIndex(
            (event, index) =>
              index >= from % events.length &&
              event.type === 'committed' &&
              event.lastSeq >= event.firstSeq,
          );
          const spoilt = at === -1 ? null : spoil(events, at);
          if (spoilt === null) return;
          count += 1;
          const watch = watching(asked);
          expect(
            spoilt.map((event) => watch.answered(event)).filter((it) => it !== null),
          ).not.toEqual([]);
        }),
      );
      expect(count).toBeGreaterThan(10);
    });

  test('a later one is committed before an earlier one', () => {
    const watch = watching([
      { id: 1, recordCount: 1, isFailed: false },
      { id: 2, recordCount: 1, isFailed: false },
    ]);
    const second = { type: 'committed', id: 2, firstSeq: 2, lastSeq: 2, hash: hash(2) } as const;
    const first = { type: 'committed', id: 1, firstSeq: 3, lastSeq: 3, hash: hash(3) } as const;
    expect([watch.answered(second), watch.answered(first)]).toEqual([
      null,
      'committed after what was asked later',
    ]);
  });
});

test('a journal’s records of its own take their numbers, and no others', () => {
  const watch = watching([{ id: 1, recordCount: 1, isFailed: false }]);
  const own = {
    type: 'committed',
    id: ownRecordsId,
    firstSeq: 2,
    lastSeq: 3,
    hash: hash(3),
  } as const;
  expect(watch.answered(own)).toBeNull();
  const next = { type: 'committed', id: 1, firstSeq: 4, lastSeq: 4, hash: hash(4) } as const;
  expect(watch.answered(next)).toBeNull();
  expect(watch.answered({ ...own, firstSeq: 6, lastSeq: 6, hash: hash(6) })).not.toBeNull();
});

test('of a journal that is not open yet the first answer tells the head', () => {
  const watch = watchAnswers();
  watch.asked({ id: 1, records: [record] });
  const event = { type: 'committed', id: 1, firstSeq: 9, lastSeq: 9, hash: hash(9) } as const;
  expect(watch.answered(event)).toBeNull();
});
