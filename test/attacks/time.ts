/** Clocks that are wrong, or were made so: nothing that is over comes back, nothing is over too early. */
import type { Now } from '../../config/vocabulary.js';
import { judgeTime, type Time, takeFloor, unknownTime } from '../../kiosk/core/time/clock.js';
import { takeSigned } from '../../kiosk/core/time/signed-time.js';
import type { StepContext } from '../../kiosk/settings/signed/judge-step.js';
import { judgeTimeMessage, timePayloadType } from '../../kiosk/settings/signed/judge-time.js';
import { ann, ben, cho, kiosk, listOf, nowMs, site } from '../kiosk/settings/desk-rig.js';
import { type Attack, without } from './attack.js';
import { atDesk, command, flash, got, judged, judgedCommand, sealed, step } from './forge.js';
import { loseDatabase } from './power-cuts.js';

const judge = 'kiosk/settings/signed/judge-step.js';
const clock = 'kiosk/core/time/clock.js';
const jumps = 'kiosk/core/time/jumps.js';
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** monotonic milliseconds */
const startedMs = 5_000;
const soon = { expires: new Date(nowMs + hourMs).toISOString() };

/** A board that starts: its clock says `wallMs`, the journal has kept `floorMs`. */
function started(wallMs: number, floorMs: number | null, state: Now['clock']) {
  const raw: Now = { monotonicMs: startedMs, wallMs, clock: state };
  return judgeTime(takeFloor(unknownTime(raw), floorMs), raw);
}

/** Takes what is made of a clock; returns by what a step is judged then. */
function timesOf({ time, now }: { time: Time; now: Now }): Pick<StepContext, 'nowMs' | 'floorMs'> {
  const isKnown = now.clock === 'synced' || now.clock === 'holdover';
  return { nowMs: isKnown ? now.wallMs : null, floorMs: time.floorMs };
}

export const attacks: readonly Attack[] = [
  {
    line: 'expired',
    removed: without(judge, "return reachedMs >= expiresMs ? 'expired' : null;", 'return null;'),
    attempt: () => got(judged(step('policy', soon).bytes, { nowMs: nowMs + hourMs }), 'all'),
  },
  {
    line: 'expired before it was issued',
    removed: without(judge, 'if (expiresMs <= issuedMs)', 'if (false)'),
    attempt() {
      const times = { issued: new Date(nowMs + 200_000), expires: new Date(nowMs + 100_000) };
      return got(judged(step('policy', times).bytes), 'all');
    },
  },
  {
    line: 'not yet: issued ahead of time',
    removed: without(
      judge,
      'if (nowMs !== null && issuedMs > nowMs + judgeLimits.aheadMs)',
      'if (false)',
    ),
    attempt: () => got(judged(step('policy', { issued: new Date(nowMs + dayMs) }).bytes), 'all'),
  },
  {
    line: '1970: what is over is good again',
    removed: without(
      clock,
      'const wallMs = Math.max(raw.wallMs, floorMs);',
      'const { wallMs } = raw;',
    ),
    attempt() {
      const times = timesOf(started(0, nowMs + dayMs, 'synced'));
      return got(judged(step('policy', soon).bytes, times), 'all');
    },
  },
  {
    line: '1970: commands are taken by a clock that nobody has set',
    removed: without(clock, "return 'floor';", "return 'holdover';"),
    attempt() {
      const { nowMs: known } = timesOf(started(0, nowMs, 'holdover'));
      return got(judgedCommand(command(), { nowMs: known, startedMs: 0 }), 'taken');
    },
  },
  {
    line: '2099: what is good is over',
    removed: without(clock, 'isFirst ? aheadMs > powerOffMsMax + lagMs', 'isFirst ? false'),
    attempt() {
      const times = timesOf(started(Date.parse('2099-01-01T00:00:00Z'), nowMs, 'synced'));
      return got(judged(step('policy', soon).bytes, times), 'expired');
    },
  },
  {
    line: 'never synced: a command whose age nobody knows',
    removed: without(
      'kiosk/settings/signed/judge-command.js',
      "return 'no-clock';",
      'return null;',
    ),
    attempt() {
      const times = timesOf(started(nowMs, null, 'floor'));
      return got(judgedCommand(command(), { nowMs: times.nowMs }), 'taken');
    },
  },
  {
    line: 'never synced in this run: a step that has surely been over for a day',
    removed: without(judge, ', floorMs ?? Number.NEGATIVE_INFINITY)', ')'),
    attempt() {
      const times = timesOf(started(nowMs, nowMs + dayMs, 'floor'));
      return got(judged(step('policy', soon).bytes, times), 'all');
    },
  },
  {
    line: 'floor poisoned: a kept one that is no time',
    removed: without(clock, 'if (floorMs === null || !isTime(floorMs))', 'if (floorMs === null)'),
    attempt() {
      const poisons = [Number.NaN, Number.POSITIVE_INFINITY, -1, 1e300, 253_402_300_800_000];
      for (const poison of poisons)
        if (started(nowMs, poison, 'floor').time.floorMs !== null) return `the floor is ${poison}`;
      return null;
    },
  },
  {
    line: 'floor poisoned: a clock that nobody has set is a day ahead',
    removed: without(clock, "if (raw.clock !== 'synced') {", 'if (false) {'),
    attempt() {
      const { time } = started(nowMs + dayMs, nowMs, 'floor');
      return (time.floorMs ?? 0) > nowMs ? 'time has been run ahead' : null;
    },
  },
  {
    line: 'floor poisoned: a clock that was set for 2099 by the first who answered',
    removed: without(clock, 'isFirst ? aheadMs > powerOffMsMax + lagMs', 'isFirst ? false'),
    attempt() {
      const { time } = started(Date.parse('2099-01-01T00:00:00Z'), nowMs, 'synced');
      return (time.floorMs ?? 0) > nowMs ? 'time has been run ahead' : null;
    },
  },
  {
    line: 'floor poisoned: a forged time service, once a second a little less than it may',
    removed: without(clock, 'allJumpsMs(jumps) > jumpMsMax', 'aheadMs > jumpMsMax + lagMs'),
    attempt() {
      let { time } = started(nowMs, nowMs, 'synced');
      for (let poll = 0; poll < 15; poll += 1) time = polled(time, 23.9 * hourMs);
      return runAhead(time, dayMs);
    },
  },
  {
    line: 'floor poisoned: … and in steps of minutes',
    removed: without(jumps, 'thisDayMs: thisDayMs + jumpMs', 'thisDayMs: jumpMs'),
    attempt() {
      let { time } = started(nowMs, nowMs, 'synced');
      for (let poll = 0; poll < 1_000; poll += 1) time = polled(time, 4 * 60_000);
      return runAhead(time, dayMs);
    },
  },
  {
    line: 'floor poisoned: … about midnight, when what it has moved would be forgotten',
    removed: without(jumps, 'days === 1 ? jumps.thisDayMs : 0', '0'),
    attempt() {
      let { time } = started(nowMs, nowMs, 'synced');
      time = polled(time, 0, dayMs - 60_000);
      time = polled(time, 23.9 * hourMs);
      return runAhead(polled(time, 23.9 * hourMs, 60_000), dayMs);
    },
  },
  {
    line: 'floor poisoned: a forged time service and a stolen key, each of which makes the other begin anew',
    removed: without(clock, 'aheadMs + Math.max(0, signedMs)', 'aheadMs'),
    attempt() {
      let { time } = started(nowMs, nowMs, 'synced');
      for (let round = 0; round < 15; round += 1) {
        // One that says nonsense: so that the clock is in conflict, and a signature counts.
        time = polled(time, 80 * 365 * dayMs);
        const signed = {
          purpose: 'raise',
          atMs: time.wallMs + 23 * hourMs,
          signed: 'few',
        } as const;
        time = polled(takeSigned(time, signed).time, 0);
      }
      return runAhead(time, 2 * dayMs);
    },
  },
  {
    line: 'floor poisoned: by a retired admin, once the newer list was lost with the database',
    removed: without(
      'kiosk/settings/desk/channel-desk.js',
      '{ ...contents.trust, admins: [], time: [] }',
      'contents.trust',
    ),
    attempt: () =>
      atDesk(async (rig) => {
        await flash(rig, 'trust', step('trust', { body: listOf(ben, cho) }, [ben.key, cho.key]));
        rig.cut();
        loseDatabase(rig.folder);
        await rig.restart();
        const said = { site, purpose: 'raise', at: new Date(nowMs + hourMs).toISOString() };
        const verdict = judgeTimeMessage(sealed(timePayloadType, JSON.stringify(said), [ann.key]), {
          ...{ site, kiosk, isRetained: false },
          trust: rig.desk().admins(),
          challengeIs: () => 'unknown',
        });
        return got(verdict.is, 'taken');
      }),
  },
];

/** After a while the time service says so much more than the gate has reckoned. */
function polled(time: Time, aheadMs: number, afterMs = 1_000): Time {
  const monotonicMs = time.atMs + afterMs;
  const wallMs = time.wallMs + afterMs + aheadMs;
  return judgeTime(time, { monotonicMs, wallMs, clock: 'synced' }).time;
}

/** Takes what an hour of attacks has made of `nowMs`; returns what they got, beyond what they may. */
function runAhead({ floorMs, atMs }: Time, mayMs: number): string | null {
  const aheadMs = (floorMs ?? 0) - nowMs - (atMs - startedMs);
  return aheadMs > mayMs ? `time has been run ahead by ${aheadMs / hourMs} hours` : null;
}
