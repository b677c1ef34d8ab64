/** Lines that come and go, in virtual time: what the drivers hear of it. */
import { expect, test } from 'vitest';
import type { PlacedLine } from '../../config/board-map.js';
import { monotonicNowMs } from '../../hardware/linux/clock.js';
import type { Opened } from '../../hardware/linux/gpio-fault.js';
import type { InputEvents, OpenInputs, OpenOutputs } from '../../hardware/linux/gpio-lines.js';
import { keepInputs, keepOutputs } from '../../hardware/linux/gpio-session.js';
import { virtualClock } from '../../hardware/simulated/clock.js';

const lines: readonly PlacedLine[] = [
  { line: 'passage', chip: 'test', at: 5, activeLow: true, bias: 'pull-up' },
];

function rig() {
  const clock = virtualClock();
  const told: string[] = [];
  const tools = { clock, scheduler: clock, tell: (why: string) => void told.push(why) };
  return { clock, told, tools, startMs: clock.now().monotonicMs };
}

function inputs() {
  const side = rig();
  let events: InputEvents | null = null;
  let refusal: Opened<OpenInputs> | null = null;
  let isReadable = true;
  const triesMs: number[] = [];
  const levels = new Map([['passage', false]]);
  const kept = keepInputs(side.tools, lines, (_lines, given) => {
    triesMs.push(side.clock.now().monotonicMs - side.startMs);
    if (refusal !== null) return refusal;
    events = given;
    const value = { levels: () => (isReadable ? new Map(levels) : null), close() {} };
    return { ok: true, value };
  });
  const heard: string[] = [];
  kept.subscribe(({ line, active }) => heard.push(`${line} ${active}`));
  const states: string[] = [];
  kept.status?.((why) => states.push(why));
  return {
    ...side,
    ...{ kept, heard, states, levels, triesMs },
    events: (): InputEvents => {
      if (events === null) throw new Error('never opened');
      return events;
    },
    setReadable(readable: boolean) {
      isReadable = readable;
    },
    refuse(why: 'denied' | null) {
      refusal = why === null ? null : { ok: false, why, detail: 'test' };
    },
  };
}

test('a level that is known is no edge, and one that was missed is told when that is found out', () => {
  const { kept, events, heard, levels } = inputs();
  events().edge('passage', false, monotonicNowMs());
  expect(heard).toEqual([]);
  levels.set('passage', true);
  events().missed();
  expect([heard, kept.isActive('passage'), kept.isActive('unknown')]).toEqual([
    ['passage true'],
    true,
    false,
  ]);
});

test('lines that go are tried again for ever, half a second from each other at most', () => {
  const { clock, events, refuse, states, triesMs, told } = inputs();
  refuse('denied');
  events().gone('unplugged');
  clock.advance(10_000);
  expect(triesMs.slice(1, 8)).toEqual([100, 200, 400, 800, 1_300, 1_800, 2_300]);
  expect(states).toEqual(['', 'gone', 'denied']);
  refuse(null);
  clock.advance(2_000);
  expect(states).toEqual(['', 'gone', 'denied', '']);
  expect(told).toEqual(states);
});

test('lines that go without a word are missed within half a second, and are back', () => {
  const { clock, kept, setReadable, states } = inputs();
  clock.advance(10_000);
  expect(states).toEqual(['']);
  setReadable(false);
  clock.advance(500);
  expect(states).toEqual(['', 'gone']);
  setReadable(true);
  clock.advance(1_000);
  expect(states).toEqual(['', 'gone', '']);
  kept.close();
});

test('what is closed is tried no more', () => {
  const { clock, kept, events, refuse, triesMs } = inputs();
  refuse('denied');
  events().gone('unplugged');
  kept.close();
  clock.advance(60_000);
  expect(triesMs).toEqual([0]);
});

test('lamps come back as they were last set, and are dark when closed', () => {
  const { clock, tools } = rig();
  const lit = new Set<string>();
  let isThere = true;
  const outputs: OpenOutputs = {
    set(line, on) {
      if (!isThere) return false;
      if (on) lit.add(line);
      else lit.delete(line);
      return true;
    },
    read: () => null,
    close() {},
  };
  const kept = keepOutputs(tools, [{ ...lines[0], line: 'buzzer' } as PlacedLine], () =>
    isThere ? { ok: true, value: outputs } : { ok: false, why: 'absent', detail: 'test' },
  );
  isThere = false;
  kept.set('buzzer', true);
  expect(lit.size).toBe(0);
  isThere = true;
  clock.advance(2_000);
  expect([...lit]).toEqual(['buzzer']);
  kept.close();
  expect(lit.size).toBe(0);
});
