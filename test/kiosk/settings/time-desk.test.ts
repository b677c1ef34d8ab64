/** Signed time at a whole gate, in virtual time: what the desk hands on, what it keeps away, what it shows. */
import { describe, expect, test } from 'vitest';
import type { SettingsFault } from '../../../config/vocabulary.js';
import { type VirtualClock, virtualClock } from '../../../hardware/simulated/clock.js';
import { openLog } from '../../../kiosk/log.js';
import { timeChallenge } from '../../../kiosk/settings/desk/time-challenge.js';
import { startTimeDesk, type TimeDesk } from '../../../kiosk/settings/desk/time-desk.js';
import { makeAdmin } from '../../admin-steps.js';
import { signTime } from '../../admin-times.js';
import { startWallMs } from '../core/hands.js';
import { type WholeGate, wholeGate } from '../whole-gate.js';
import { kiosk, site, trustOf } from './desk-rig.js';

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const [ann, ben, eve] = [makeAdmin('ann'), makeAdmin('ben'), makeAdmin('eve')];
const both = [ann.key, ben.key];

interface Rig extends WholeGate {
  readonly desk: TimeDesk;
  readonly faults: ReadonlyMap<SettingsFault, boolean>;
  say(bytes: Uint8Array, retained?: boolean): string;
  /** wall milliseconds after the tests' start, and the clock's state, as the gate has them */
  reads(): readonly [number, string];
  timeRecords(): readonly object[];
}

function startRig(clock: VirtualClock): Rig {
  const whole = wholeGate({ clock });
  const { gate } = whole;
  const faults = new Map<SettingsFault, boolean>();
  let made = 0;
  const desk = startTimeDesk({
    ...{ names: { site, kiosk }, clock, log: openLog({ level: 'silent' }) },
    random(byteCount) {
      made += 1;
      return new Uint8Array(byteCount).fill(made);
    },
    trust: () => trustOf({ issuers: [], admins: [ann.member, ben.member] }),
    time() {
      const { wallMs, clock: trusted } = gate.now();
      return { ...gate.state().time, wallMs, clock: trusted };
    },
    give: gate.signedTime,
    fault: (fault, on) => void faults.set(fault, on),
  });
  return {
    ...whole,
    ...{ desk, faults },
    say: (payload, retained = false) =>
      desk.guest.message({ topic: `gk/1/${site}/_all/time`, payload, retained }),
    reads() {
      const { wallMs, clock: state } = gate.now();
      return [wallMs - startWallMs, state];
    },
    timeRecords() {
      clock.advance(1_000);
      return whole.records().filter(({ type }) => type.startsWith('time-'));
    },
  };
}

const at = (aheadMs: number): string => new Date(startWallMs + aheadMs).toISOString();
const raise = (aheadMs: number, keys = [ann.key]): Uint8Array =>
  signTime({ site, purpose: 'raise', at: at(aheadMs) }, keys);
const setTo = (rig: Rig, aheadMs: number, keys = both): Uint8Array =>
  signTime({ site, purpose: 'set', kiosk, challenge: rig.desk.challenge(), at: at(aheadMs) }, keys);

/** A gate whose time service has said half a day too much, and is right again now. */
function poisoned(): Rig & { readonly wrongMs: number } {
  const clock = virtualClock({ wallMs: startWallMs });
  const rig = startRig(clock);
  clock.jumpWall(12 * hourMs);
  clock.advance(11_000);
  clock.jumpWall(-12 * hourMs);
  clock.advance(11_000);
  const [wrongMs] = rig.reads();
  expect(wrongMs).toBeGreaterThan(12 * hourMs);
  return { ...rig, wrongMs };
}

test('a gate that never was synchronised hears what has surely been, and trusts its clock no more than before', () => {
  const rig = startRig(virtualClock({ wallMs: startWallMs - dayMs, state: 'floor' }));
  expect(rig.gate.state().time.floorMs).toBeNull();
  expect(rig.say(raise(0), true)).toBe('taken');
  expect(rig.reads()).toEqual([0, 'floor']);
  rig.clock.advance(hourMs);
  expect(rig.reads()).toEqual([hourMs, 'floor']);
  // Sent again, by whomever and however late: it has been.
  for (const retained of [true, false]) expect(rig.say(raise(0), retained)).toBe('taken');
  expect(rig.reads()).toEqual([hourMs, 'floor']);
  expect(rig.timeRecords()).toMatchObject([
    { type: 'time-set', purpose: 'raise', admins: ['ann'] },
  ]);
});

test('one key moves a day and no further, and a flood of its messages fills no journal', () => {
  const rig = startRig(virtualClock({ wallMs: startWallMs - minuteMs, state: 'floor' }));
  rig.say(raise(0));
  for (let count = 1; count <= 2_000; count += 1) {
    rig.say(raise(count * hourMs));
    rig.clock.advance(100);
  }
  const [aheadMs, state] = rig.reads();
  expect([Math.round(aheadMs / hourMs), state]).toEqual([23, 'floor']);
  expect(rig.gate.state().alarms.map((alarm) => alarm.code)).toContain('clock-signed-refused');
  const records = rig.timeRecords();
  expect(records.length).toBeLessThan(40);
  expect(records.at(-1)).toMatchObject({ type: 'time-refused', why: 'too-far' });
});

test('what the broker has kept accuses nobody: after days without power one signature is too few, no more', () => {
  const rig = startRig(virtualClock({ wallMs: startWallMs, state: 'floor' }));
  rig.say(raise(0));
  rig.say(raise(3 * dayMs), true);
  expect(rig.reads()[0]).toBeLessThan(minuteMs);
  expect(rig.gate.state().alarms.map((alarm) => alarm.code)).toEqual(['clock-untrusted']);
  rig.say(raise(3 * dayMs, both), true);
  expect(rig.reads()).toEqual([3 * dayMs, 'floor']);
});

describe('a set', () => {
  test('by two admins turns time back, and the right clock is believed at once', () => {
    const rig = poisoned();
    expect(rig.reads()).toEqual([rig.wrongMs, 'conflict']);
    const trueMs = rig.clock.now().wallMs - startWallMs;
    expect(rig.say(setTo(rig, trueMs - 5_000))).toBe('taken');
    rig.clock.advance(11_000);
    expect(rig.reads()).toEqual([trueMs + 11_000, 'synced']);
    expect(rig.gate.state().alarms.map((alarm) => alarm.code)).toContain('clock-lowered');
    expect(rig.timeRecords()).toMatchObject([{ purpose: 'set', admins: ['ann', 'ben'] }]);
  });

  test('is kept: a gate that starts again goes on from there', () => {
    const rig = poisoned();
    rig.say(setTo(rig, 0));
    rig.clock.advance(1_000);
    expect(rig.disk.standing.floorMs).toBe(startWallMs);
  });

  test('that is sent again does nothing, nor one made for a challenge that was used', () => {
    const rig = poisoned();
    const [first, second] = [setTo(rig, 0), setTo(rig, -hourMs)];
    expect(rig.say(first)).toBe('taken');
    rig.clock.setClockState('floor');
    rig.clock.advance(10 * minuteMs);
    expect(rig.say(first)).toBe('taken');
    expect(rig.say(second)).toBe('taken');
    expect(rig.faults.size).toBe(0);
    expect(rig.reads()).toEqual([10 * minuteMs, 'floor']);
    // After another use it is nobody's that this gate remembers.
    rig.say(setTo(rig, 11 * minuteMs));
    expect(rig.say(first)).toBe('refused');
    expect(rig.faults.get('configuration-forged')).toBe(true);
    expect(rig.reads()).toEqual([11 * minuteMs, 'floor']);
  });

  test('for another start does nothing', () => {
    const rig = poisoned();
    const challenge = 'ff'.repeat(16);
    const theirs = { site, purpose: 'set', kiosk, challenge, at: at(0) };
    expect(rig.say(signTime(theirs, both))).toBe('refused');
    expect(rig.reads()[0]).toBe(rig.wrongMs);
  });

  test('by one admin, or by one and somebody else, is an alarm and nothing more', () => {
    for (const keys of [[ann.key], [ann.key, eve.key], [eve.key]]) {
      const rig = poisoned();
      const shown = rig.desk.challenge();
      expect(rig.say(setTo(rig, 0, keys))).toBe('refused');
      expect(rig.faults.get('configuration-forged')).toBe(true);
      expect(rig.reads()[0]).toBe(rig.wrongMs);
      // Nor does it use up the challenge of those who may.
      expect(rig.desk.challenge()).toBe(shown);
    }
  });

  test('that the broker has kept, or for another gate, does nothing', () => {
    const rig = poisoned();
    expect(rig.say(setTo(rig, 0), true)).toBe('taken');
    const challenge = rig.desk.challenge();
    const theirs = { site, purpose: 'set', kiosk: 'gate-2', challenge, at: at(0) };
    expect(rig.say(signTime(theirs, both))).toBe('taken');
    expect(rig.reads()[0]).toBe(rig.wrongMs);
    expect(rig.faults.size).toBe(0);
  });
});

test('a challenge is shown for half a day, taken for another, and gone with its first use', () => {
  let made = 0;
  const challenges = timeChallenge((byteCount) => {
    made += 1;
    return new Uint8Array(byteCount).fill(made);
  });
  const first = challenges.shown(0);
  expect(first).toBe('01'.repeat(16));
  expect(challenges.shown(12 * hourMs - 1)).toBe(first);
  expect(challenges.is(first, 12 * hourMs - 1)).toBe('shown');
  const second = challenges.shown(12 * hourMs);
  expect(second).not.toBe(first);
  expect(challenges.is(first, 24 * hourMs - 1)).toBe('shown');
  expect(challenges.is(first, 24 * hourMs)).toBe('unknown');
  expect(challenges.is(second, 24 * hourMs)).toBe('shown');
  // Nobody has asked for two days.
  expect(challenges.is(second, 60 * hourMs)).toBe('unknown');
  const third = challenges.shown(60 * hourMs);
  challenges.shown(72 * hourMs);
  challenges.use(third);
  expect(challenges.is(third, 72 * hourMs)).toBe('used');
  expect(challenges.is(challenges.shown(72 * hourMs), 72 * hourMs)).toBe('shown');
  expect(made).toBe(6);
});

test('what stands at the broker and nobody known has signed is no alarm: a trust step may name who did', () => {
  const rig = startRig(virtualClock({ wallMs: startWallMs, state: 'floor' }));
  expect(rig.say(raise(0, [eve.key]), true)).toBe('taken');
  expect(rig.faults.size).toBe(0);
  expect(rig.say(raise(0, [eve.key]))).toBe('refused');
  expect(rig.faults.get('configuration-forged')).toBe(true);
  expect(rig.say(new Uint8Array(), true)).toBe('taken');
  const { guest } = rig.desk;
  expect(
    guest.message({ topic: `gk/1/${site}/_all/times`, payload: raise(0), retained: false }),
  ).toBe('unasked');
});
