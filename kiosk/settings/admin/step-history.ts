/**
 * The steps of a site's channels, one after the other: does each name the one before it, and have enough
 * signed it by the list that was in force then? Pure.
 */
import type { TrustList } from '../../credential/trust.js';
import { parseTrustList } from '../../credential/trust.js';
import { type Channel, channels } from '../signed/config-step.js';
import { type StepFile, type Tally, tallySignatures } from './step-file.js';

export type HistoryFault =
  /** another step of that channel has its number, and other bytes */
  | 'equivocation'
  /** names another step before it than the one that is here */
  | 'broken-link'
  /** fewer signatures than any list that is known asks for; of revocations one is enough where it tightens */
  | 'below-threshold';

export interface HistoryEntry {
  readonly name: string;
  readonly file: StepFile;
  /** `first`, `ok`, or `gap`: the step before it is not here */
  readonly link: 'first' | 'ok' | 'gap';
  /** by the list under which it has most; empty where no list is known */
  readonly tallies: readonly Tally[];
  readonly time: 'valid' | 'expired' | 'not-yet';
  readonly faults: readonly HistoryFault[];
}

/**
 * @param files steps with the names they are told by, in any order
 * @param root the list at the beginning, which the first trust step here followed; null: signatures are not
 *   judged, but by the lists that the trust steps themselves bring
 * @param nowMs for what is expired
 * @returns an entry a step, by channel and number
 */
export function stepHistory(
  files: readonly { readonly name: string; readonly file: StepFile }[],
  root: TrustList | null,
  nowMs: number,
): readonly HistoryEntry[] {
  const known = new Map<string | null, TrustList>();
  if (root !== null) known.set(null, root);
  return channels.flatMap((channel) => {
    const own = files
      .filter(({ file }) => file.step.channel === channel)
      .sort((a, b) => a.file.mark.seq - b.file.mark.seq);
    return own.map(({ name, file }, index) => {
      const before = own[index - 1]?.file ?? null;
      const lists = channel === 'trust' ? listsBefore(known, file, before) : [...known.values()];
      const tallies = bestTallies(file, lists);
      if (channel === 'trust') keepList(known, file);
      return {
        ...{ name, file, link: linkOf(file, before), tallies },
        time: timeOf(file, nowMs),
        faults: faultsOf(channel, file, before, tallies),
      };
    });
  });
}

/** A trust step is signed by the list before it: that step's own, or the root of what is here. */
function listsBefore(
  known: ReadonlyMap<string | null, TrustList>,
  { step }: StepFile,
  before: StepFile | null,
): readonly TrustList[] {
  const list = known.get(before === null ? null : step.prevSha256);
  return list === undefined ? [] : [list];
}

function keepList(known: Map<string | null, TrustList>, { step, mark }: StepFile): void {
  if (step.content.is !== 'body') return;
  const list = parseTrustList(step.content.body);
  if (list.ok) known.set(mark.sha256, list.trust);
}

function bestTallies(file: StepFile, lists: readonly TrustList[]): readonly Tally[] {
  const all = lists.map((list) => tallySignatures(file, list));
  const missing = (tallies: readonly Tally[]): number =>
    tallies.reduce((sum, tally) => sum + tally.missing, 0);
  const [best] = all.sort((a, b) => missing(a) - missing(b));
  return best ?? tallySignatures(file, null);
}

function linkOf({ step, mark }: StepFile, before: StepFile | null): HistoryEntry['link'] {
  if (step.prevSha256 === null) return 'first';
  return before !== null && before.mark.seq === mark.seq - 1 ? 'ok' : 'gap';
}

function timeOf({ step }: StepFile, nowMs: number): HistoryEntry['time'] {
  if (nowMs >= step.expiresMs) return 'expired';
  return nowMs < step.issuedMs ? 'not-yet' : 'valid';
}

function faultsOf(
  channel: Channel,
  { step, mark }: StepFile,
  before: StepFile | null,
  tallies: readonly Tally[],
): readonly HistoryFault[] {
  const faults: HistoryFault[] = [];
  if (before?.mark.seq === mark.seq && before.mark.sha256 !== mark.sha256)
    faults.push('equivocation');
  const isNext = before?.mark.seq === mark.seq - 1;
  if (isNext && step.prevSha256 !== before?.mark.sha256) faults.push('broken-link');
  const isFew = tallies.some(({ missing, signed }) =>
    channel === 'revocation' ? signed.length === 0 : missing > 0,
  );
  if (isFew) faults.push('below-threshold');
  return faults;
}
