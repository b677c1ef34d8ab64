/**
 * Signed time at work: what comes under `_all/time` is judged and, where it would do something, handed to
 * the gate. Decides nothing of the time itself: `core/time/signed-time.ts` does, by the gate's own state.
 */
import type { Logger } from 'pino';
import type { SettingsFault } from '../../../config/vocabulary.js';
import type { Clock } from '../../../hardware/ports.js';
import type { Input } from '../../core/messages.js';
import type { Time } from '../../core/time/clock.js';
import { takeSigned } from '../../core/time/signed-time.js';
import type { TrustList } from '../../credential/trust.js';
import type { LinkGuest } from '../../report/link-guest.js';
import type { Names } from '../../report/topics.js';
import { judgeTimeMessage, type TimeRefusal } from '../signed/judge-time.js';
import { refusalLog } from './refusal-log.js';
import { timeChallenge } from './time-challenge.js';

export interface TimeDeskOptions {
  readonly names: Names;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: (byteCount: number) => Uint8Array;
  trust(): TrustList;
  /** what the gate knows of the time, judged for now */
  time(): Time;
  /** hands one to the gate */
  give(given: Omit<Extract<Input, { type: 'signed-time' }>, 'type'>): void;
  fault(fault: SettingsFault, on: boolean): void;
}

export interface TimeDesk {
  readonly guest: LinkGuest;
  /** what a time must name that is to be set here now */
  challenge(): string;
}

/** @param options of one run; what was signed for another start sets no time here */
export function startTimeDesk(options: TimeDeskOptions): TimeDesk {
  const { names, log, clock } = options;
  const topic = `gk/1/${names.site}/_all/time`;
  const challenges = timeChallenge(options.random);
  const refusals = refusalLog();
  const nowMs = (): number => clock.now().monotonicMs;

  const refuse = (why: TimeRefusal, detail: string, isRetained: boolean): 'taken' | 'refused' => {
    // Of what stands at the broker, the signer may be one whom a trust step has still to name.
    const isForged = forged.includes(why) && !isRetained;
    if (isForged) options.fault('configuration-forged', true);
    const omitted = refusals.tell(why, nowMs());
    if (omitted !== null) log.warn({ why, detail, omitted }, 'a signed time is refused');
    return isForged ? 'refused' : 'taken';
  };

  return {
    challenge: () => challenges.shown(nowMs()),
    guest: {
      filters: [topic],
      up() {},
      down() {},
      message({ topic: its, payload, retained }) {
        if (its !== topic) return 'unasked';
        // What stands there no more: a retained message taken back.
        if (payload.length === 0) return 'taken';
        const verdict = judgeTimeMessage(payload, {
          ...names,
          isRetained: retained,
          trust: options.trust(),
          challengeIs: (challenge) => challenges.is(challenge, nowMs()),
        });
        if (verdict.is === 'not-ours') return 'taken';
        if (verdict.is === 'refused') return refuse(verdict.why, verdict.detail, retained);
        const { time, challenge, admins, services } = verdict;
        const { result } = takeSigned(options.time(), time);
        if (result === 'not-later') return 'taken';
        const isBelieved = result === 'raised' || result === 'set';
        // What was kept by the broker means no now: that it is far ahead accuses nobody.
        const omitted = isBelieved ? 0 : refusals.tell(result, nowMs());
        if (omitted === null) return 'taken';
        log.info({ ...time, result, admins, services, omitted }, 'a signed time');
        if (!isBelieved && retained) return 'taken';
        if (challenge !== null) challenges.use(challenge);
        options.give({ ...time, admins, services, omitted });
        return 'taken';
      },
    },
  };
}

/** Nobody who may has sent it, or it was kept to be sent again. */
const forged: readonly TimeRefusal[] = ['not-signed', 'below-threshold', 'wrong-challenge'];
