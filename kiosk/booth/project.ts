/** The booth as a projection of the gate's state. Masks at most: no name and no number gets in here. */
import type { Phrase } from '../../config/policy.js';
import { deviceNames, type Now, openReasons } from '../../config/vocabulary.js';
import { promptsOf } from '../core/guard/prompts.js';
import { evaluate } from '../core/policy/rules.js';
import type { GateState } from '../core/state.js';
import { deviceFaultWords } from './device-words.js';
import { formsOf } from './forms.js';
import {
  alarmWords,
  clockWords,
  deviceWords,
  feedbackWords,
  laneWords,
  openReasonWords,
  verdictWords,
} from './phrases.js';
import { projectAttempt, ruleOf, worded } from './project-attempt.js';
import { meaningWords } from './prompt-words.js';
import type { BoothAlarm, BoothDevice, BoothView } from './view.js';
import { wallTime } from './wall-time.js';

/** A duty's end is told to the minute. */
const minuteMs = 60_000;

/**
 * @param state the gate after a step
 * @param now the moment of that step
 * @returns what the guard sees
 */
export function projectBooth(state: GateState, now: Now): BoothView {
  const { settings, attempt, emergencyUntilMs, verdict, feedback } = state;
  const decision = attempt === null ? null : evaluate(state, attempt, now);
  const rule = attempt === null || decision === null ? null : ruleOf(state, attempt, decision);
  const walk = walkOf(state, now);
  const lane = state.releaseUntilMs === null ? state.lane.name : 'released';
  return {
    direction: settings.direction,
    zone: settings.zone.name,
    utcOffsetMinutes: settings.utcOffsetMinutes,
    lane: { name: lane, text: laneWords[lane] },
    emergencyUntil: emergencyUntilMs === null ? null : wallTime(now, emergencyUntilMs),
    lockdown: state.lockdown,
    fire: state.fire,
    clock: { state: now.clock, text: clockWords[now.clock] },
    hearsOthers: state.hearsOthers,
    onDuty: onDutyOf(state, now),
    nextHeld: state.isNextHeld,
    attempt:
      attempt === null || decision === null ? null : projectAttempt(state, attempt, decision, now),
    last:
      verdict === null
        ? null
        : {
            code: verdict.type,
            text: verdictWords[verdict.type],
            reasons: verdict.reasons.map(worded),
          },
    prompt: promptOf(state, walk),
    walk,
    feedback:
      feedback === null
        ? null
        : {
            code: feedback.code,
            text: feedbackWords[feedback.code],
            isGood: feedback.code === 'done',
          },
    opened: state.opened?.grant ?? null,
    forms: formsOf(state, rule, now),
    alarms: alarmsOf(state),
    devices: devicesOf(state),
    unwritten: unwrittenOf(state),
  };
}

function walkOf(state: GateState, now: Now): BoothView['walk'] {
  return promptsOf(state, now).map(({ id, meaning }) => ({ id, text: meaningWords(meaning) }));
}

function promptOf({ prompt, settings }: GateState, walk: BoothView['walk']): BoothView['prompt'] {
  const at = walk.findIndex(({ id }) => id === prompt?.id);
  const shown = walk[at];
  if (prompt === null || shown === undefined) return null;
  return {
    ...shown,
    index: at + 1,
    count: walk.length,
    shownMs: settings.policy.settings.promptShownMs,
    ready: prompt.isReady,
  };
}

/** The badge's end or the longest duty, whichever comes first. */
function onDutyOf({ duty }: GateState, now: Now): BoothView['onDuty'] {
  if (duty === null) return null;
  const badgeEndMs = now.monotonicMs + duty.expiresMs - now.wallMs;
  const until = wallTime(now, Math.min(duty.untilMs, badgeEndMs), minuteMs);
  return { masked: duty.masked, until };
}

function alarmsOf({ alarms }: GateState): readonly BoothAlarm[] {
  return alarms
    .map((alarm) => ({ ...alarm, text: alarmWords(alarm.code) }))
    .sort(
      (a, b) =>
        Number(a.acknowledged) - Number(b.acknowledged) || b.since.localeCompare(a.since, 'en'),
    );
}

function devicesOf({ devices, deviceFaults }: GateState): readonly BoothDevice[] {
  return deviceNames.flatMap((name) => {
    const status = devices[name];
    if (status === undefined) return [];
    const statusText = deviceFaultWords(status, deviceFaults[name] ?? '');
    return [{ name, text: deviceWords[name], status, statusText }];
  });
}

/** What the disk has not taken is shown to somebody: an opening most of all (law 2). */
function unwrittenOf({ unwritten }: GateState): BoothView['unwritten'] {
  const records = unwritten.failed.flatMap((writing) => writing.records);
  return {
    count: records.length,
    lost: unwritten.lost?.count ?? 0,
    openings: records.flatMap(({ type, at, ...fields }) =>
      type === 'override' ? [{ at, reason: openedFor(fields['reason']) }] : [],
    ),
  };
}

function openedFor(value: unknown): Phrase {
  const reason = openReasons.find((it) => it === value) ?? 'unspecified';
  return openReasonWords[reason];
}
