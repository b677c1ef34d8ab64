/**
 * Whether a step can still be taken where it is to go: by what stands at the broker for the gates, and by what
 * they report. A number that was accepted never comes again, and the very next names the one before it. Pure.
 */
import type { Channel } from '../signed/config-step.js';
import type { Mark, StepRefusal } from '../signed/judge-step.js';
import type { Reported, ReportedStep } from './reported.js';
import type { Desired } from './site-view.js';
import type { StepFile } from './step-file.js';
import { standsAlone } from './step-topics.js';

export type ConflictReason = Extract<StepRefusal, 'rollback' | 'equivocation' | 'broken-link'>;

export interface StepConflict {
  readonly channel: Channel;
  /** the step that would not be taken */
  readonly mark: Mark;
  readonly why: ConflictReason;
  /** the one in its way */
  readonly other: Mark;
  /** `broker`: it stands there; `gate`: the gate has accepted it; `along`: it is brought along, and goes first */
  readonly at: 'broker' | 'gate' | 'along';
  /** whose; null: of the whole site */
  readonly kiosk: string | null;
}

/**
 * @param file a step
 * @param standing what stands at the broker where the step is to go, or for a gate that is to take it
 * @returns what it would push aside; of trust and revocations each number has its own place
 */
export function conflictAtBroker(
  { step: { channel }, mark }: StepFile,
  standing: Pick<Desired, 'channel' | 'kiosk' | 'file'>,
): StepConflict | null {
  const other = standing.file.mark;
  if (standing.channel !== channel || standing.file.step.channel !== channel) return null;
  const why = misnumbered(channel, mark, other);
  return why === null ? null : { channel, mark, why, other, at: 'broker', kiosk: standing.kiosk };
}

/**
 * A gate's mark may be higher than what it reports, for a step for others counts too; never lower.
 *
 * @param files steps that are to be brought, in the order of their numbers
 * @param kiosk the gate
 * @param reported by it
 * @returns those of them that it refuses for sure
 */
export function conflictsAtGate(
  files: readonly StepFile[],
  kiosk: string,
  reported: Reported | null,
): readonly StepConflict[] {
  const marks = new Map<Channel, Mark>();
  return files.flatMap(({ step, mark }): readonly StepConflict[] => {
    const { channel } = step;
    const along = marks.get(channel);
    const other = along ?? acceptedMark(reported?.get(channel));
    if (other === null || other.seq < mark.seq) marks.set(channel, mark);
    const why = other === null ? null : refusalOf(step, mark, other);
    if (why === null || other === null) return [];
    return [{ channel, mark, why, other, at: along === undefined ? 'gate' : 'along', kiosk }];
  });
}

/** @returns what a gate's report says it has accepted; null: nothing, or of what is under way nobody can say */
function acceptedMark(step: ReportedStep | undefined): Mark | null {
  if (step === undefined || step.phase === 'refused' || step.phase === 'pending') return null;
  return step;
}

function refusalOf(
  { channel, prevSha256 }: StepFile['step'],
  mark: Mark,
  before: Mark,
): ConflictReason | null {
  const isNext = mark.seq === before.seq + 1;
  if (isNext && prevSha256 !== before.sha256) return 'broken-link';
  return misnumbered(channel, mark, before);
}

function misnumbered(channel: Channel, mark: Mark, other: Mark): ConflictReason | null {
  if (mark.seq === other.seq) return mark.sha256 === other.sha256 ? null : 'equivocation';
  return mark.seq < other.seq && standsAlone(channel) ? 'rollback' : null;
}
