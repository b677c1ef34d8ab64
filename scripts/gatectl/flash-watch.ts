/** Gates on their way to a step: a line for each change, until each has arrived, failed, or time is over. */
import type { GoalStanding } from '../../kiosk/settings/admin/reported.js';
import type { GateTracker } from '../../kiosk/settings/admin/roll-out.js';
import type { SiteView } from '../../kiosk/settings/admin/site-view.js';
import { printable } from './collect-output.js';
import type { Streams } from './command.js';
import { startProgress } from './progress.js';
import type { SiteLink } from './site-link.js';

export interface GateOutcome {
  readonly kiosk: string;
  readonly isReached: boolean;
  readonly channel: string;
  readonly seq: number;
  readonly standing: string;
  readonly code: string;
  readonly words: string;
}

export interface Watch {
  readonly link: SiteLink;
  readonly view: SiteView;
  readonly trackers: ReadonlyMap<string, GateTracker>;
  readonly timeoutMs: number;
  /** a stage: one that has failed ends it, and the others are not waited for */
  readonly stopsAtFirst: boolean;
  say(line: string): Promise<void>;
  readonly streams: Streams;
}

/** @returns what became of each gate */
export async function watchGates(watch: Watch): Promise<readonly GateOutcome[]> {
  const { link, view, trackers, timeoutMs, stopsAtFirst, say, streams } = watch;
  const progress = startProgress(streams);
  const told = new Map<string, string>();
  const look = (): boolean => {
    let over = 0;
    let onTrial = 0;
    for (const [kiosk, tracker] of trackers) {
      const { reported } = view.gate(kiosk);
      const now = tracker.standing(reported);
      if (tracker.isOver(reported)) over += 1;
      if (now.standing === 'probation') onTrial += 1;
      const line = `${kiosk}  ${wordsOf(now, view.gate(kiosk).online)}`;
      if (told.get(kiosk) === line) continue;
      told.set(kiosk, line);
      progress.done();
      void say(line);
    }
    progress.tell(`${over} of ${trackers.size} gates done, ${onTrial} on probation`);
    return over === trackers.size || (stopsAtFirst && hasFailedOne(watch));
  };
  await link.until(look, timeoutMs);
  progress.done();
  return [...trackers].map(([kiosk, tracker]) => {
    const { online, reported } = view.gate(kiosk);
    const { goal, standing, code } = tracker.standing(reported);
    const { channel, seq } = goal;
    const isReached = standing === 'confirmed';
    const words =
      wordsOf({ goal, standing, code }, online) + (isReached ? '' : adviceOf(standing, online));
    return { kiosk, isReached, channel, seq, standing, code, words };
  });
}

function hasFailedOne({ trackers, view }: Watch): boolean {
  return [...trackers].some(([kiosk, tracker]) => {
    const { reported } = view.gate(kiosk);
    return tracker.isOver(reported) && tracker.standing(reported).standing !== 'confirmed';
  });
}

function wordsOf({ goal, standing, code }: GoalStanding, online: boolean | null): string {
  const { channel, seq } = goal;
  const away = online === true ? '' : online === null ? ' (never heard)' : ' (offline)';
  const why = code === '' ? '' : `: ${code}`;
  return printable(`${channel} ${seq} ${standing}${why}${standing === 'waiting' ? away : ''}`);
}

/** What to do next. */
function adviceOf(standing: GoalStanding['standing'], online: boolean | null): string {
  switch (standing) {
    case 'reverted':
      return '; it goes by the step before: correct the body and make the next step';
    case 'refused':
      return '; kiosk/settings/CONFIGURATION.md has the reasons';
    case 'overtaken':
      return '; it goes by a later step: gatectl config status shows which';
    case 'waiting':
      // What it refuses before it looks at the body, a gate does not report.
      if (online === true)
        return (
          '; it is online and has not taken it: its journal says why (a record config-refused; ' +
          'gatectl collect stores it): gatectl config status'
        );
      return '; it takes the step when it is there again: gatectl config status';
    default:
      return '; it has not decided yet: gatectl config status';
  }
}
