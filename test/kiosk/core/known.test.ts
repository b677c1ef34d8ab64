import { describe, expect, test } from 'vitest';
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
    gate.now = { ...gate.now, clock: 'synced', wallMs: startWallMs + 30 * 86_400_000 };
    for (let round = 0; round < 64; round += 1) {
      gate.state = { ...gate.state, housekeepingMs: gate.now.monotonicMs };
      gate.wait(1);
    }
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

  test('what is over is forgotten in the course of time', () => {
    const gate = new Hands(out);
    askFor(gate);
    gate.commit();
    gate.pass();
    expect(gate.state.known.count).toBe(2);
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
