/** When a gate tells what is new, and whether another has heard all of it. */
import { describe, expect, test } from 'vitest';
import {
  deltaLimits,
  nothingToTell,
  tellNow,
  tellsAtMs,
  willTell,
} from '../../../../kiosk/settings/spent/delta-pace.js';
import {
  type Heard,
  hear,
  heardLimits,
  lostTouch,
  notHeard,
} from '../../../../kiosk/settings/spent/heard.js';
import { ticketUses } from './entries.js';

const [one, two, three] = [0, 1, 2].map((index) => ticketUses(3, 0).slice(index, index + 1));

describe('what is new', () => {
  test('is told at once, and what comes within 200 ms together after them', () => {
    let pace = willTell(nothingToTell, one ?? []);
    expect(tellsAtMs(pace)).toBe(Number.NEGATIVE_INFINITY);
    let told = tellNow(pace, 1_000);
    expect(told.entries).toEqual(one);
    expect(tellsAtMs(told.pace)).toBeNull();
    pace = willTell(willTell(told.pace, two ?? []), three ?? []);
    expect(tellsAtMs(pace)).toBe(1_200);
    told = tellNow(pace, 1_199);
    expect(told.entries).toEqual([]);
    told = tellNow(told.pace, 1_200);
    expect(told.entries).toEqual([...(two ?? []), ...(three ?? [])]);
    expect(tellNow(told.pace, 9_000).entries).toEqual([]);
  });

  test('that nobody can be told waits within bounds, the newest of it', () => {
    const uses = ticketUses(deltaLimits.waitingMax + 10, 0);
    const { waiting } = willTell(nothingToTell, uses);
    expect(waiting).toEqual(uses.slice(10));
  });
});

describe('a gate is heard', () => {
  const run = 'ab'.repeat(8);
  const delta = (n: number, of = run) => ({
    ...({ kiosk: 'north', kind: 'delta', run: of, n, page: 0, pages: 1 } as const),
  });
  const page = (n: number, number = 0, pages = 1) => ({
    ...({ kiosk: 'north', kind: 'snapshot', run, n, page: number, pages } as const),
  });
  const isHeard = (heard: Heard, nowMs = 0) => notHeard(heard, ['north'], nowMs).length === 0;
  const live = (...told: Parameters<typeof hear>[1][]) =>
    told.reduce<Heard>((heard, it) => hear(heard, it, false, 0), new Map());

  test('from a snapshot on, and as long as no delta is missing', () => {
    expect(isHeard(new Map())).toBe(false);
    expect(isHeard(live(delta(1)))).toBe(false);
    expect(isHeard(live(page(4)))).toBe(true);
    expect(isHeard(live(page(4), delta(5), delta(6), delta(5)))).toBe(true);
    expect(isHeard(live(page(4), delta(6)))).toBe(false);
    expect(isHeard(live(page(4), delta(6), page(4)))).toBe(false);
    expect(isHeard(live(page(4), delta(6), page(6)))).toBe(true);
  });

  test('once every page has come, in any order, and none of another snapshot', () => {
    expect(isHeard(live(page(4, 1, 2)))).toBe(false);
    expect(isHeard(live(page(4, 1, 2), page(4, 1, 2)))).toBe(false);
    expect(isHeard(live(page(4, 1, 2), page(5, 0, 2)))).toBe(false);
    expect(isHeard(live(page(4, 1, 2), page(4, 0, 2)))).toBe(true);
  });

  test('by what the broker had retained only once a delta follows on it', () => {
    const retained = hear(new Map(), page(4), true, 0);
    expect(isHeard(retained)).toBe(false);
    expect(isHeard(hear(retained, delta(5), false, 0))).toBe(true);
    expect(isHeard(hear(retained, delta(6), false, 0))).toBe(false);
    expect(isHeard(hear(retained, page(4), false, 0))).toBe(true);
  });

  test('no more after the connection was gone, until it follows on', () => {
    const heard = lostTouch(live(page(4), delta(5)));
    expect(isHeard(heard)).toBe(false);
    expect(isHeard(hear(heard, delta(6), false, 0))).toBe(true);
    expect(isHeard(hear(heard, delta(7), false, 0))).toBe(false);
    expect(isHeard(hear(heard, page(5), true, 0))).toBe(false);
  });

  test('no more after it started again, nor when it has been silent for too long', () => {
    expect(isHeard(live(page(4), delta(1, 'cd'.repeat(8))))).toBe(false);
    const heard = live(page(4));
    expect(isHeard(heard, heardLimits.silentMsMax)).toBe(true);
    expect(isHeard(heard, heardLimits.silentMsMax + 1)).toBe(false);
    expect(notHeard(heard, ['north', 'south'], 0)).toEqual(['south']);
  });
});
