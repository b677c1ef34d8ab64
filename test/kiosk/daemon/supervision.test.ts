/** The watchdog is fed by a gate that lives, and by no other. */
import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../../hardware/simulated/clock.js';
import type { GateState } from '../../../kiosk/core/state.js';
import { journalSilentMsMax, type Seen, selfCheck } from '../../../kiosk/daemon/self-check.js';
import { startSupervision } from '../../../kiosk/daemon/supervision.js';
import { openLog } from '../../../kiosk/log.js';
import { gate } from '../core/scene.js';

const resting: GateState = gate('in');
const alive: Seen = { turned: true, relayAnswered: true, journalSilentMs: 0, state: resting };
const stuckMs = journalSilentMsMax + 1;

describe('the self-check', () => {
  it('finds a gate alive, also while its disk stalls', () => {
    expect(selfCheck(alive)).toBeNull();
    expect(selfCheck({ ...alive, journalSilentMs: journalSilentMsMax })).toBeNull();
  });

  it('finds a loop that does not turn, a silent relay, and a journal that is stuck for minutes', () => {
    expect(selfCheck({ ...alive, turned: false })).toMatch(/loop/);
    expect(selfCheck({ ...alive, relayAnswered: false })).toMatch(/relay/);
    const locked: GateState = { ...resting, lane: { name: 'lockdown' } };
    for (const state of [resting, locked])
      expect(selfCheck({ ...alive, journalSilentMs: stuckMs, state })).toMatch(/journal/);
  });

  it('ends no gate for its journal where something would be lost: a release, and what waits for the disk', () => {
    const writing = { order: 1, records: [], uses: [] };
    const waits = { ...resting.unwritten, failed: [writing] };
    const sent = { ...resting.unwritten, sent: new Map([[1, writing]]) };
    for (const state of [
      { ...resting, releaseUntilMs: 1 },
      { ...resting, unwritten: waits },
      { ...resting, unwritten: sent },
    ])
      expect(selfCheck({ ...alive, journalSilentMs: stuckMs, state })).toBeNull();
  });
});

interface Parts {
  turns: boolean;
  relayAnswers: boolean;
  journalAnswers: boolean;
}

/** A watched gate on virtual time; its parts can be spoilt. */
function watched(watchdogMs: number | null) {
  const clock = virtualClock();
  const heard: string[] = [];
  const parts: Parts = { turns: true, relayAnswers: true, journalAnswers: true };
  const answer = (does: boolean): Promise<void> =>
    does ? Promise.resolve() : new Promise<void>(() => {});
  const stop = startSupervision({
    manager: { watchdogMs, notify: (text) => void heard.push(text) },
    clock,
    scheduler: clock,
    log: openLog({ level: 'silent' }),
    turn: () => parts.turns,
    askRelay: () => answer(parts.relayAnswers),
    askJournal: () => answer(parts.journalAnswers),
    state: () => resting,
    status: () => 'in service',
  });
  return {
    heard,
    parts,
    stop,
    /** Lets time pass in steps, and promises settle between them. */
    async pass(ms: number) {
      for (let left = ms; left > 0; left -= 500) {
        clock.advance(Math.min(500, left));
        await Promise.resolve();
        await Promise.resolve();
      }
    },
    feeds: () => heard.filter((text) => text.startsWith('WATCHDOG=1\n')).length,
  };
}

describe('a supervisor', () => {
  it('hears once that the gate is ready, then three times in each watchdog time that it lives', async () => {
    const gateSeen = watched(9_000);
    expect(gateSeen.heard).toEqual(['READY=1\nSTATUS=in service']);
    await gateSeen.pass(9_000);
    expect(gateSeen.feeds()).toBe(3);
    gateSeen.stop();
    await gateSeen.pass(9_000);
    expect(gateSeen.feeds()).toBe(3);
    expect(gateSeen.heard.at(-1)).toBe('STOPPING=1');
  });

  it.each([
    ['turns', 'the loop does not turn'],
    ['relayAnswers', "the relay's thread does not answer"],
  ] as const)(
    'hears no more when the gate loses what it lives by (%s), and why',
    async (part, why) => {
      const gateSeen = watched(9_000);
      await gateSeen.pass(3_000);
      gateSeen.parts[part] = false;
      await gateSeen.pass(3_000);
      const before = gateSeen.feeds();
      await gateSeen.pass(9_000);
      expect(gateSeen.feeds()).toBe(before);
      expect(gateSeen.heard.at(-1)).toBe(`STATUS=${why}`);
      gateSeen.parts[part] = true;
    },
  );

  it('hears of a journal that is stuck only after minutes', async () => {
    const gateSeen = watched(9_000);
    await gateSeen.pass(3_000);
    gateSeen.parts.journalAnswers = false;
    await gateSeen.pass(journalSilentMsMax);
    const before = gateSeen.feeds();
    expect(before).toBe(Math.floor((journalSilentMsMax + 3_000) / 3_000));
    await gateSeen.pass(9_000);
    expect(gateSeen.feeds() - before).toBeLessThanOrEqual(2);
    expect(gateSeen.heard.at(-1)).toBe("STATUS=the journal's thread does not answer");
  });

  it('that does not watch is not fed', async () => {
    const gateSeen = watched(null);
    await gateSeen.pass(60_000);
    expect(gateSeen.heard).toEqual(['READY=1\nSTATUS=in service']);
  });
});
