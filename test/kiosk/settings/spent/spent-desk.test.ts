/** Gates that tell each other of uses: in the end each knows what all have done, whatever was cut, lost or restarted. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KnownEntry } from '../../../../config/vocabulary.js';
import { parseKnownEntry } from '../../../../kiosk/core/known/known-entry.js';
import { spentDeskLimits } from '../../../../kiosk/settings/desk/spent-desk.js';
import { tellerLimits } from '../../../../kiosk/settings/desk/spent-teller.js';
import { deltaLimits } from '../../../../kiosk/settings/spent/delta-pace.js';
import { heardLimits } from '../../../../kiosk/settings/spent/heard.js';
import { type SpentMessage, sealSpent } from '../../../../kiosk/settings/spent/spent-message.js';
import { ticketUses, union } from './entries.js';
import { type Medium, medium, site, startMs, type TellingGate } from './medium.js';

const topicOf = (id: string, page: string): string => `gk/1/${site}/_spent/${id}/${page}`;
const entriesOf = ({ heard }: TellingGate): readonly KnownEntry[] =>
  heard.map(parseKnownEntry).filter((it) => it !== null);
const [first, second, third] = ticketUses(3, startMs) as [KnownEntry, KnownEntry, KnownEntry];

function two(): Medium & { north: TellingGate; south: TellingGate } {
  const among = medium(['north', 'south']);
  const [north, south] = among.gates as [TellingGate, TellingGate];
  return { ...among, north, south };
}

test('what is new is heard at once, and then five times a second with all that has come together', () => {
  const { north, south, pass, count } = two();
  north.up();
  south.up();
  pass(1_000);
  north.tell([first]);
  pass(0);
  expect(entriesOf(south)).toEqual([first]);
  north.tell([second]);
  north.tell([third]);
  pass(deltaLimits.spacingMs - 1);
  expect(entriesOf(south)).toEqual([first]);
  pass(1);
  expect(entriesOf(south)).toEqual([first, second, third]);
  expect(count(topicOf('north', 'd'))).toBe(2);
});

test('who was away hears all of it with the next connection, from what the broker has kept', () => {
  const { north, south, pass } = two();
  north.tell([first]);
  north.up();
  pass(1_000);
  north.tell([second]);
  pass(heardLimits.snapshotMs);
  north.down();
  south.up();
  pass(0);
  expect(union(entriesOf(south))).toEqual(union([first, second]));
});

test('all are heard when each has told its whole set while this gate was connected, and no earlier', () => {
  const { north, south, pass } = two();
  north.up();
  pass(1_000);
  south.up();
  pass(0);
  // What the broker had kept may be old.
  expect(south.isReachable()).toBe(false);
  expect(north.isReachable()).toBe(true);
  pass(heardLimits.snapshotMs);
  expect(south.isReachable()).toBe(true);
  south.down();
  expect(south.isReachable()).toBe(false);
  south.up();
  north.down();
  pass(heardLimits.silentMsMax);
  expect(south.isReachable()).toBe(false);
});

test('a gate that is heard and not heard by turns is told of once in a while, and of doubt at once', () => {
  const { north, south, say, key, pass } = two();
  north.up();
  south.up();
  pass(heardLimits.snapshotMs);
  const before = south.reachableCount();
  const run = `${'0'.repeat(15)}1`;
  const fields = { site, kiosk: 'north', run, page: 0, pages: 1, atMs: startMs, entries: [] };
  for (let n = 2; n < 200; n += 2) {
    say(topicOf('north', 'd'), sealSpent({ ...fields, kind: 'delta', n }, key('north')), false);
    expect(south.isReachable()).toBe(false);
    say(topicOf('north', 's'), sealSpent({ ...fields, kind: 'snapshot', n }, key('north')), false);
  }
  expect(south.reachableCount() - before).toBeLessThanOrEqual(3);
  pass(spentDeskLimits.lookMs);
  expect(south.isReachable()).toBe(true);
});

test('a delta that is lost shows, until the next snapshot', () => {
  const { north, south, say, key, pass } = two();
  north.up();
  south.up();
  pass(heardLimits.snapshotMs);
  expect(south.isReachable()).toBe(true);
  const run = `${'0'.repeat(15)}1`;
  const message: SpentMessage = {
    ...{ site, kiosk: 'north', kind: 'delta', run, n: 2, page: 0, pages: 1, atMs: startMs },
    entries: [first],
  };
  say(topicOf('north', 'd'), sealSpent(message, key('north')), false);
  expect(south.isReachable()).toBe(false);
  // It tells its whole set, of which the last delta of its own is none.
  north.tell([second]);
  pass(1_000);
  north.tell([third]);
  pass(heardLimits.snapshotMs);
  expect(south.isReachable()).toBe(true);
});

test('a gate with a new card and an empty journal tells again what the broker had of it', () => {
  const { north, south, pass } = two();
  north.tell([first]);
  north.up();
  pass(1_000);
  north.restart(false);
  north.up();
  pass(1_000);
  // It goes by it itself, too: a ticket that it let through before is used.
  expect(entriesOf(north)).toEqual([first]);
  pass(heardLimits.snapshotMs);
  north.down();
  south.up();
  pass(0);
  expect(entriesOf(south)).toEqual([first]);
});

test('a journal’s uses are told after a start, though the broker has forgotten', () => {
  const { north, south, pass, forget } = two();
  north.tell([first]);
  north.up();
  pass(1_000);
  forget();
  north.restart(true);
  north.up();
  pass(0);
  south.up();
  pass(0);
  expect(entriesOf(south)).toEqual([first]);
});

test('of more uses than a snapshot has room for a journal’s newest are told', () => {
  const { north, south, pass } = two();
  const uses = ticketUses(tellerLimits.rememberedMax + 1, startMs);
  north.tell(uses);
  north.restart(true);
  north.up();
  pass(1_000);
  south.up();
  pass(0);
  const keys = new Set(entriesOf(south).map(({ key }) => key));
  expect([keys.has(uses[0]?.key ?? ''), keys.has(uses.at(-1)?.key ?? '')]).toEqual([true, false]);
});

test('pages that the next snapshot does not need are taken away; what is over is told no more', () => {
  const { north, pass, retained } = two();
  north.tell(ticketUses(1_200, startMs));
  north.up();
  pass(1_000);
  expect(retained.size).toBeGreaterThan(2);
  // All of them end a day after the last.
  pass(86_400_000 + heardLimits.snapshotMs);
  expect([...retained.keys()]).toEqual([topicOf('north', 's')]);
  north.restart(false);
  north.up();
  pass(86_400_000);
  expect([...retained.keys()]).toEqual([topicOf('north', 's')]);
});

test('what never ends, told under this gate’s name while its key was stolen, is not told on as its own', () => {
  const { north, south, say, key, pass } = two();
  north.tell([first]);
  const never = { ...first, at: second.at, until: '9999-12-31T23:59:59.000Z' };
  const message: SpentMessage = {
    ...{ site, kiosk: 'north', kind: 'snapshot', run: 'ab'.repeat(8), n: 1, page: 0, pages: 1 },
    ...{ atMs: startMs, entries: [never, { ...never, key: second.key }] },
  };
  say(topicOf('north', 's'), sealSpent(message, key('north')), true);
  north.up();
  pass(heardLimits.snapshotMs);
  north.down();
  south.up();
  pass(0);
  // Nor does it take with it what was truly used.
  expect(entriesOf(south)).toEqual([first]);
});

describe('what is nobody’s to tell is not handed on as a use', () => {
  test.each([
    ['signed by another gate', 'north', 'south', [null]],
    ['of a gate that the trust list does not have', 'west', 'south', []],
    ['by its own', 'north', 'north', [first]],
  ] as const)('%s', (_, kiosk, signer, handed) => {
    const { south, say, key, pass } = two();
    south.up();
    pass(0);
    const message: SpentMessage = {
      ...{ site, kiosk, kind: 'delta', run: 'ab'.repeat(8), n: 1, page: 0, pages: 1 },
      ...{ atMs: startMs, entries: [first] },
    };
    say(topicOf(kiosk, 'd'), sealSpent(message, key(signer)), false);
    expect(south.heard).toEqual(handed);
    // A flood of it is told once.
    if (handed[0] === null)
      for (let turn = 0; turn < 100; turn += 1)
        say(topicOf(kiosk, 'd'), sealSpent(message, key(signer)), false);
    expect(south.heard).toEqual(handed);
  });

  test('by gates that a broker makes up, however many, is told of as one', () => {
    const { south, say, pass } = two();
    south.up();
    pass(0);
    for (let turn = 0; turn < 100; turn += 1)
      say(topicOf(`made-up-${turn}`, 'd'), Buffer.from('{}'), false);
    expect(south.heard).toEqual([null]);
  });

  test('whatever topic and bytes come, nothing is thrown, and nobody is cut off for it', () => {
    const { south, say, pass } = two();
    south.up();
    pass(0);
    const rest = fc.constantFrom('north/d', 'north/s', 'north/s999', 'north/x', 'NORTH/d', 'd', '');
    fc.assert(
      fc.property(rest, fc.uint8Array({ maxLength: 100 }), (where, payload) => {
        say(`gk/1/${site}/_spent/${where}`, payload, false);
      }),
    );
    expect(entriesOf(south)).toEqual([]);
  });
});

type Act =
  | { readonly is: 'tell' | 'up' | 'down' | 'restart'; readonly gate: number }
  | { readonly is: 'pass'; readonly ms: number };
const anyAct: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    is: fc.constantFrom(
      'tell' as const,
      'tell' as const,
      'up' as const,
      'down' as const,
      'restart' as const,
    ),
    gate: fc.nat(2),
  }),
  fc.record({ is: fc.constant('pass' as const), ms: fc.constantFrom(0, 100, 5_000, 600_000) }),
);

test('whoever was cut off or started again, in the end each knows what all have used', () => {
  fc.assert(
    fc.property(fc.array(anyAct, { maxLength: 40 }), (acts) => {
      const among = medium(['north', 'south', 'west']);
      const uses = [...ticketUses(acts.length, startMs)];
      const told = among.gates.map(() => [] as KnownEntry[]);
      for (const act of acts) {
        if (act.is === 'pass') {
          among.pass(act.ms);
          continue;
        }
        const gate = among.gates[act.gate];
        const use = uses.pop();
        if (gate === undefined || use === undefined) continue;
        if (act.is === 'up') gate.up();
        if (act.is === 'down') gate.down();
        if (act.is === 'restart') gate.restart(true);
        if (act.is !== 'tell') continue;
        told[act.gate]?.push(use);
        gate.tell([use]);
      }
      for (const gate of among.gates) gate.up();
      among.pass(heardLimits.snapshotMs);
      among.gates.forEach((gate, index) => {
        const others = told.filter((_, other) => other !== index).flat();
        const heard = new Set(entriesOf(gate).map(({ key }) => key));
        expect(others.filter(({ key }) => !heard.has(key))).toEqual([]);
        expect(gate.isReachable()).toBe(true);
      });
    }),
  );
});
