/** What other gates tell is taken in, what is over is forgotten: in slices that hold up nobody. */
import type { KnownEntry } from '../../../config/vocabulary.js';
import { mayNote } from '../flood.js';
import { recheckTicket } from '../lane/grant.js';
import { timing } from '../limits.js';
import { note, raise, set, type Turn } from '../turn.js';
import { findUse, forgetOld, learnUses, passageAheadMsMax } from './known.js';
import { parseKnownEntry } from './known-entry.js';
import { shardCount } from './known-set.js';

/** Entries of one input: some milliseconds of work, so that no button waits. */
export const knownEntriesMax = 500;
/** Shards looked through at once: a full set in eleven minutes, some milliseconds each time. */
const shardsPerRound = 128;
/** The longest that a gate keeps is an isolation of two weeks; a clock may be off by some days. */
export const knownAheadMsMax = 60 * 86_400_000;

/** Takes in what other gates know; every entry is looked at, none can do more than refuse. */
export function learn(turn: Turn, entries: readonly unknown[]): void {
  const isDated = turn.now.clock === 'synced' || turn.now.clock === 'holdover';
  const readable: KnownEntry[] = [];
  let refusedCount = Math.max(0, entries.length - knownEntriesMax);
  for (const value of entries.slice(0, knownEntriesMax)) {
    const entry = parseKnownEntry(value);
    const untilMs = entry === null ? Number.NaN : Date.parse(entry.until);
    // What is over is nothing to keep; what never ends would fill the memory for ever.
    if (isDated && untilMs <= turn.now.wallMs) continue;
    if (entry === null || (isDated && isTooFarAhead(entry, turn.now.wallMs))) refusedCount += 1;
    else readable.push(entry);
  }
  const { known, news, doubles, droppedCount } = learnUses(turn.state.known, readable);
  for (const double of doubles) reportDoubleUse(turn, double);
  set(turn, { known });
  // A double use, too: after the next start it is nothing new.
  turn.uses.push(...[...news, ...doubles].map((entry) => ({ op: 'learn' as const, entry })));
  recheckTicket(turn);
  const count = refusedCount + droppedCount;
  if (count === 0) return;
  // A gate whose key was stolen, or a broker that says the same again, must not fill the disk.
  if (mayNote(turn, 'known-refused')) note(turn, 'known-refused', { count });
  raise(turn, 'known-refused');
}

/**
 * One paper was used at two gates: nobody can undo it, but somebody is to know.
 * @param entry the other gate's use
 */
export function reportDoubleUse(turn: Turn, { type, key, direction, at }: KnownEntry): void {
  const own = findUse(turn.state.known, type, key, direction);
  note(turn, 'double-use', {
    paper: type,
    key,
    direction: direction ?? null,
    hereAt: own?.entry.at ?? null,
    elsewhereAt: at,
  });
  raise(turn, 'double-use');
}

function isTooFarAhead({ type, until, at }: KnownEntry, wallMs: number): boolean {
  if (Date.parse(until) > wallMs + knownAheadMsMax) return true;
  return type === 'passage' && Date.parse(at) > wallMs + passageAheadMsMax;
}

/** Forgets one slice of what is over. A clock that is not trusted says nothing of that. */
export function housekeep(turn: Turn): void {
  const { now } = turn;
  const { known, housekeepingShard } = turn.state;
  turn.mayKeepAlone = true;
  set(turn, { housekeepingMs: now.monotonicMs + timing.housekeepingMs });
  if (now.clock !== 'synced' && now.clock !== 'holdover') return;
  set(turn, {
    known: forgetOld(known, now.wallMs, housekeepingShard, shardsPerRound),
    housekeepingShard: (housekeepingShard + shardsPerRound) % shardCount,
  });
}
