import { describe, expect, test } from 'vitest';
import {
  findUse,
  isIsolated,
  lastPassageMs,
  learnUses,
  putUse,
  windowsOf,
} from '../../../kiosk/core/known/known.js';
import { refusalLimits } from '../../../kiosk/core/limits.js';
import { step } from '../../../kiosk/core/step.js';
import { form, Hands, pass, startWallMs, ticket, today } from './hands.js';

const out = { direction: 'out' as const };
const at = new Date(startWallMs).toISOString();
const until = new Date(startWallMs + 86_400_000).toISOString();

function tellTicket(gate: Hands, key: string, change: object = {}): void {
  const entry = { type: 'ticket', key, direction: gate.state.settings.direction, until, at };
  gate.give({ type: 'known', entries: [{ ...entry, ...change }] });
}

function askFor(gate: Hands, paper = ticket('h')): void {
  gate.show(pass('h'));
  gate.show(paper);
  gate.measure(3650);
}

describe('what other gates tell', () => {
  test('the first ticket of a household stays the first when a second is shown', () => {
    const exit = new Hands(out);
    const first = ticket('h');
    exit.show(first);
    exit.show(ticket('h', today - 1));
    expect(exit.decision()).toBe('refer second-ticket');
    exit.wait(600_001);
    askFor(exit, first);
    expect(exit.decision()).toBe('grant resident');
  });

  test('two gates that saw different tickets first agree on the earlier once they hear each other', () => {
    const gate = new Hands(out);
    const later = ticket('h');
    gate.show(later);
    const earlier = `h:${today}:${'ab'.repeat(16)}`;
    const told = { type: 'window', key: earlier, until, at: '2020-02-12T00:00:00Z' };
    gate.give({ type: 'known', entries: [told] });
    gate.show(pass('h'));
    gate.measure(3650);
    expect(gate.decision()).toBe('refer second-ticket');
  });

  test('a ticket used elsewhere while its grant is being written opens nothing here', () => {
    const gate = new Hands(out);
    const paper = ticket('h');
    askFor(gate, paper);
    const { lane } = gate.state;
    if (lane.name !== 'committing') throw new Error('not committing');
    tellTicket(gate, paper.id);
    gate.give({ type: 'committed', id: lane.grant.id, lastSeq: 9 });
    expect(gate.pulses()).toBe(0);
    expect(gate.passage()).toBe('not-opened');
    expect(gate.state.attempt?.standing).toMatchObject({ reasons: ['already-used'], firm: true });
  });

  test('a use elsewhere is not forgotten because the own grant could not be written', () => {
    const gate = new Hands(out);
    const paper = ticket('h');
    askFor(gate, paper);
    const { lane } = gate.state;
    if (lane.name !== 'committing') throw new Error('not committing');
    tellTicket(gate, paper.id);
    gate.give({ type: 'append-failed', id: lane.grant.id, why: 'io-error' });
    gate.wait(600_001);
    askFor(gate, paper);
    expect(gate.decision()).toBe('refer already-used');
  });

  test('a use that is told as over cannot make the gate forget a ticket under way', () => {
    const gate = new Hands(out);
    const paper = ticket('h');
    askFor(gate, paper);
    gate.commit();
    gate.now = { ...gate.now, clock: 'floor' };
    tellTicket(gate, paper.id, { until: '2020-02-01T00:00:00Z' });
    // Only admins can move time so far at once; a clock that agrees with them is believed then.
    const wallMs = startWallMs + 32 * 86_400_000;
    const admins = ['ann', 'ben'];
    gate.give({
      ...{ type: 'signed-time', purpose: 'raise', signed: 'all', atMs: wallMs },
      ...{ admins, services: [], omitted: 0 },
    });
    gate.now = { ...gate.now, wallMs, clock: 'synced' };
    for (let round = 0; round < 64; round += 1) {
      gate.state = { ...gate.state, housekeepingMs: gate.now.monotonicMs };
      gate.wait(1);
    }
    expect(gate.state.time.clock).toBe('synced');
    expect(gate.state.time.wallMs).toBeGreaterThan(startWallMs + 30 * 86_400_000);
    gate.pass();
    expect(gate.passage()).toBe('passed');
  });

  test('a clock that nobody trusts makes nothing be forgotten', () => {
    const gate = new Hands(out);
    const paper = ticket('h');
    askFor(gate, paper);
    gate.commit();
    gate.pass();
    gate.now = { ...gate.now, clock: 'conflict', wallMs: startWallMs + 400 * 86_400_000 };
    for (let round = 0; round < 100; round += 1) gate.wait(20_000);
    gate.now = { ...gate.now, clock: 'synced', wallMs: startWallMs + 3_600_000 };
    askFor(gate, paper);
    expect(gate.decision()).toBe('refer already-used');
  });

  test('a ticket used here and at another gate is reported once, and stays spent', () => {
    const gate = new Hands(out);
    const paper = ticket('h');
    askFor(gate, paper);
    gate.commit();
    gate.pass();
    const [own] = gate.told().filter(({ type }) => type === 'ticket');
    if (own === undefined) throw new Error('nothing told');
    // What comes back of its own is nothing new.
    gate.give({ type: 'known', entries: [own] });
    expect(gate.records.some(({ type }) => type === 'double-use')).toBe(false);
    const other = { ...own, at: '2020-02-12T00:58:00.000Z' };
    for (let times = 0; times < 3; times += 1) gate.give({ type: 'known', entries: [other] });
    expect(gate.records.filter(({ type }) => type === 'double-use')).toMatchObject([
      { paper: 'ticket', key: paper.id, direction: 'out', hereAt: own.at, elsewhereAt: other.at },
    ]);
    expect(gate.state.alarms.map(({ code }) => code)).toContain('double-use');
    askFor(gate, paper);
    expect(gate.decision()).toBe('refer already-used');
  });

  test('what is over is forgotten in the course of time', () => {
    const gate = new Hands(out);
    askFor(gate);
    gate.commit();
    gate.pass();
    // window, ticket, and the household's last passage
    expect(gate.state.known.count).toBe(3);
    for (let day = 0; day < 4; day += 1) gate.wait(86_400_000);
    for (let round = 0; round < 70; round += 1) gate.wait(10_000);
    expect(gate.state.known.count).toBe(0);
  });

  test('entries that are none are counted and raise an alarm; nothing else comes of them', () => {
    const gate = new Hands();
    const good = { type: 'ticket', key: 'ab', direction: 'out', until, at };
    const bad = [
      null,
      'x',
      [],
      { ...good, type: 'toString' },
      { ...good, type: 'code' },
      { ...good, direction: undefined },
      { ...good, direction: 'up' },
      { ...good, key: '' },
      { ...good, key: 'x'.repeat(97) },
      { ...good, key: '\ud800' },
      { ...good, until: '2020-02-14' },
      { ...good, until: 'Feb 14 2020' },
      { ...good, until: '+275760-09-13T00:00:00Z' },
      { ...good, until: '9999-12-31T00:00:00Z' },
      { ...good, at: 17 },
      { type: 'window', key: 'h:1e3:ab', until, at },
      { type: 'window', key: 'h:1', until, at },
    ];
    gate.give({ type: 'known', entries: bad });
    expect(gate.records.find(({ type }) => type === 'known-refused')?.['count']).toBe(bad.length);
    expect(gate.state.known.count).toBe(0);
    gate.give({ type: 'known', entries: [good, { type: 'code', key: 'cd', until, at }] });
    expect(gate.state.known.count).toBe(2);
  });

  test('nonsense told again and again is on record a number of times, and then counted', () => {
    const gate = new Hands(out);
    for (let turn = 0; turn < 1_000; turn += 1) gate.give({ type: 'known', entries: [null] });
    const told = gate.records.filter(({ type }) => type === 'known-refused').length;
    expect(told).toBe(refusalLimits.burst);
  });

  test('what is told without end leaves room for the gate’s own uses', () => {
    const gate = new Hands(out);
    const paper = ticket('h');
    gate.state = { ...gate.state, known: { ...gate.state.known, count: 500_000 } };
    tellTicket(gate, 'ab'.repeat(16));
    expect(gate.state.alarms.map(({ code }) => code)).toContain('known-refused');
    askFor(gate, paper);
    gate.commit();
    gate.pass();
    gate.wait(1_001);
    askFor(gate, paper);
    expect(gate.decision()).toBe('refer already-used');
  });

  test('the largest message is taken in at the price of its own entries', () => {
    const gate = new Hands();
    const entries = (from: number) =>
      Array.from({ length: 500 }, (_, index) => {
        const key = (from + index).toString(16).padStart(32, '0');
        const token = key.slice(16);
        return index % 2 === 0
          ? { type: 'ticket', key, direction: 'out', until, at }
          : { type: 'window', key: `${token}:${today}:${key}`, until, at };
      });
    for (let from = 0; from < 60_000; from += 500)
      gate.state = step(gate.state, { type: 'known', entries: entries(from) }, gate.now).state;
    expect(gate.state.known.count).toBe(60_000);
    const shards = gate.state.known.shards;
    gate.show(form('a'));
    gate.give({ type: 'known', entries: [entries(60_000)[1]] });
    const changed = gate.state.known.shards.filter((shard, index) => shard !== shards[index]);
    expect(changed).toHaveLength(1);
  });
});

describe('last passages and isolations', () => {
  const hourMs = 3_600_000;
  const timed = (type: 'passage' | 'isolation', atMs: number, untilMs: number) => ({
    type,
    key: 'aa',
    at: new Date(startWallMs + atMs).toISOString(),
    until: new Date(startWallMs + untilMs).toISOString(),
    ...(type === 'passage' ? { direction: 'out' as const } : {}),
  });
  const tell = (gate: Hands, ...entries: unknown[]) => gate.give({ type: 'known', entries });
  const written = (gate: Hands) =>
    gate.effects.flatMap((effect) => (effect.type === 'append' ? effect.uses : []));

  test('the newest passage in a direction is a person’s last, whoever tells of it and when', () => {
    const gate = new Hands();
    expect(lastPassageMs(gate.state.known, 'aa', 'out')).toBeNull();
    tell(gate, timed('passage', -hourMs, 47 * hourMs));
    tell(gate, timed('passage', -9 * hourMs, 60 * hourMs));
    expect(lastPassageMs(gate.state.known, 'aa', 'out')).toBe(startWallMs - hourMs);
    expect(lastPassageMs(gate.state.known, 'aa', 'in')).toBeNull();
    expect(lastPassageMs(gate.state.known, 'bb', 'out')).toBeNull();
    tell(gate, timed('passage', 0, 48 * hourMs));
    expect(lastPassageMs(gate.state.known, 'aa', 'out')).toBe(startWallMs);
    expect(written(gate).map(({ op, entry }) => [op, entry.at])).toEqual([
      ['learn', new Date(startWallMs - hourMs).toISOString()],
      ['learn', new Date(startWallMs).toISOString()],
    ]);
  });

  test('a passage that is yet to come is nobody’s: it would hide those that were', () => {
    const gate = new Hands();
    tell(gate, timed('passage', 400_000, 48 * hourMs));
    expect(lastPassageMs(gate.state.known, 'aa', 'out')).toBeNull();
    tell(gate, timed('passage', 200_000, 48 * hourMs));
    expect(lastPassageMs(gate.state.known, 'aa', 'out')).toBe(startWallMs + 200_000);
  });

  test('an isolation lasts until its latest end, to the millisecond, and no clock shortens it', () => {
    const gate = new Hands();
    tell(gate, timed('isolation', 0, 48 * hourMs), timed('isolation', hourMs, 24 * hourMs));
    const { known } = gate.state;
    expect(isIsolated(known, 'aa', startWallMs + 48 * hourMs - 1)).toBe(true);
    expect(isIsolated(known, 'aa', startWallMs + 48 * hourMs)).toBe(false);
    expect(isIsolated(known, 'aa', Number.NaN)).toBe(true);
    expect(isIsolated(known, 'bb', startWallMs)).toBe(false);
    tell(gate, timed('isolation', -hourMs, 72 * hourMs));
    expect(isIsolated(gate.state.known, 'aa', startWallMs + 71 * hourMs)).toBe(true);
  });

  test('the gate’s own are put in by the same rule as what is told', () => {
    const own = timed('isolation', 0, 24 * hourMs);
    const longer = timed('isolation', -hourMs, 72 * hourMs);
    let { known } = learnUses(new Hands().state.known, [longer]);
    known = putUse(known, own, 'spent');
    expect(findUse(known, 'isolation', 'aa')?.entry).toEqual(longer);
    known = putUse(known, timed('passage', 0, hourMs), 'spent');
    known = putUse(known, timed('passage', -1, 2 * hourMs), 'spent');
    expect(lastPassageMs(known, 'aa', 'out')).toBe(startWallMs);
    expect(known.count).toBe(2);
  });

  test('what was told earliest of a ticket’s window stands', () => {
    const gate = new Hands();
    const key = `h:${today}:${'ab'.repeat(16)}`;
    const window = (atMs: number) => ({ ...timed('passage', atMs, 48 * hourMs), key });
    for (const atMs of [0, -hourMs, -60_000]) {
      const { direction: _none, ...entry } = window(atMs);
      tell(gate, { ...entry, type: 'window' });
    }
    expect(windowsOf(gate.state.known, 'h')).toMatchObject([{ atMs: startWallMs - hourMs }]);
    expect(gate.state.known.count).toBe(1);
  });

  test('both are forgotten when they are over, and not before', () => {
    const gate = new Hands();
    tell(gate, timed('passage', -hourMs, 47 * hourMs), timed('isolation', 0, 48 * hourMs));
    const houseclean = () => {
      for (let round = 0; round < 65; round += 1) gate.wait(10_000);
    };
    gate.wait(47 * hourMs - 700_000);
    houseclean();
    expect(gate.state.known.count).toBe(2);
    gate.wait(700_000);
    houseclean();
    expect(gate.state.known.count).toBe(1);
    gate.wait(hourMs);
    houseclean();
    expect(gate.state.known.count).toBe(0);
  });
});

describe('dates that no calendar holds', () => {
  test('a ticket for any day and a clock at any time are answered, not thrown at', () => {
    for (const day of [-1, 0, 3_000_000, 1e9, Number.MAX_SAFE_INTEGER]) {
      const gate = new Hands();
      gate.show(pass('h'));
      gate.show(ticket('h', day));
      expect(gate.decision()).toMatch(/outside-window|exit-unknown/);
    }
    for (const wallMs of [-1e18, -1, 8.65e15, Number.NaN, Number.POSITIVE_INFINITY]) {
      const gate = new Hands(out);
      gate.now = { ...gate.now, wallMs };
      askFor(gate);
      expect(gate.state.lane.name).toBe('locked');
    }
  });
});
