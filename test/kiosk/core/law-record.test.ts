/** Law 7, the core's part: each way in which a step could lose a record, seen to be found. */
import { describe, expect, test } from 'vitest';
import { nothingRecordedIsLost } from '../../../kiosk/core/laws/law-record.js';
import type { Observed } from '../../../kiosk/core/laws/observed.js';
import type { Effect, Input } from '../../../kiosk/core/messages.js';
import type { GateState, Unwritten } from '../../../kiosk/core/state.js';
import { step } from '../../../kiosk/core/step.js';
import { code, form, Hands } from './hands.js';

type Append = Extract<Effect, { type: 'append' }>;

/** A step as it is, looked at from outside. */
function seen(gate: Hands, input: Input): Observed {
  const { state: before, now } = gate;
  const { state: after, effects } = step(before, input, now);
  return { before, input, after, effects, now, raw: now };
}

const others = (gate: Hands): Input => ({ type: 'others', reachable: !gate.state.hearsOthers });

function withAppends(observed: Observed, change: (append: Append) => readonly Effect[]): Observed {
  const effects = observed.effects.flatMap((effect) =>
    effect.type === 'append' ? change(effect) : [effect],
  );
  return { ...observed, effects };
}

function withUnwritten(
  observed: Observed,
  change: (it: Unwritten) => Partial<Unwritten>,
): Observed {
  const { unwritten } = observed.after;
  const after: GateState = {
    ...observed.after,
    unwritten: { ...unwritten, ...change(unwritten) },
  };
  return { ...observed, after };
}

/** A gate with one request that the journal has not answered. */
function waiting(): { readonly gate: Hands; readonly id: number } {
  const gate = new Hands();
  for (const id of [...gate.state.unwritten.sent.keys()])
    gate.give({ type: 'committed', id, lastSeq: id });
  gate.give(others(gate));
  const [id = 0] = gate.state.unwritten.sent.keys();
  return { gate, id };
}

const empty = new Map();

describe('what a step notes', () => {
  const good = (): Observed => {
    const { gate } = waiting();
    return seen(gate, others(gate));
  };

  test('is sent and kept', () => {
    expect(good().effects).toHaveLength(1);
    expect(nothingRecordedIsLost(good())).toBeNull();
  });

  const wrongs: readonly (readonly [string, () => Observed])[] = [
    ['kept as sent, and never sent', () => withAppends(good(), () => [])],
    [
      'a request with a number that was given already',
      () => withAppends(good(), (append) => [append, append]),
    ],
    [
      'a request with a number of later',
      () => withAppends(good(), (append) => [{ ...append, id: append.id + 7 }]),
    ],
    [
      'a record is kept that was not sent',
      () => withAppends(good(), (append) => [{ ...append, records: [] }]),
    ],
    [
      'a record is sent that is not kept',
      () =>
        withAppends(good(), (append) => [
          { ...append, records: [...append.records, ...append.records] },
        ]),
    ],
    ['a record is sent that is not kept', () => withUnwritten(good(), () => ({ sent: empty }))],
  ];
  test.each(wrongs)('%s', (detail, make) => {
    expect(nothingRecordedIsLost(make())).toBe(detail);
  });
});

describe('what waits for its answer', () => {
  const answered = (type: 'committed' | 'append-failed'): Observed => {
    const { gate, id } = waiting();
    return seen(
      gate,
      type === 'committed' ? { type, id, lastSeq: 7 } : { type, id, why: 'disk-full' },
    );
  };

  test('is let go by it, or kept where it failed', () => {
    for (const type of ['committed', 'append-failed'] as const)
      expect(nothingRecordedIsLost(answered(type))).toBeNull();
  });

  test('is not forgotten before it', () => {
    const { gate } = waiting();
    const other = seen(gate, { type: 'committed', id: 1, lastSeq: 1 });
    expect(nothingRecordedIsLost(other)).toBeNull();
    expect(nothingRecordedIsLost(withUnwritten(other, () => ({ sent: empty })))).toBe(
      'forgotten before its answer',
    );
  });

  test('is counted where it is given up', () => {
    const lost = withUnwritten(answered('append-failed'), ({ sent }) => ({ sent, failed: [] }));
    expect(nothingRecordedIsLost(lost)).toBe('what is given up is not counted');
  });

  test('stays what the disk has refused, until it is sent again', () => {
    const { gate, id } = waiting();
    gate.give({ type: 'append-failed', id, why: 'disk-full' });
    const next = seen(gate, others(gate));
    expect(nothingRecordedIsLost(next)).toBeNull();
    expect(nothingRecordedIsLost(withUnwritten(next, () => ({ failed: [] })))).toBe(
      'what the disk refused is forgotten',
    );
  });
});

test('a grant is sent with more than is kept: it is refused where it cannot be written', () => {
  const gate = new Hands();
  gate.show(form('a'));
  gate.show(code('a'));
  gate.wait(300);
  const takenMs = gate.now.monotonicMs;
  const evidence = {
    type: 'temperature',
    ...{ bodyCentidegrees: 3_650, ambientCentidegrees: 2_200 },
    ...{ compensationCentidegrees: 300, sampleCount: 3, spreadCentidegrees: 6 },
    ...{ fromMs: takenMs - 200, takenMs },
  } as const;
  const granted = seen(gate, { type: 'evidence', evidence });
  expect(granted.after.lane.name).toBe('committing');
  expect(nothingRecordedIsLost(granted)).toBeNull();
});
