/**
 * The life of a step of configuration: judged, fetched, tested, kept in one transaction, on trial, and
 * confirmed or taken back. Pure: what takes time is an effect, and comes back as an input.
 *
 *   arrived ─▶ pending: fetching ─▶ testing ─▶ committing ─▶ probation ─▶ confirmed
 *                 └──────────── refused ◀──────────┘            └──▶ reverted
 *
 * What is in force changes with a commit only. The mark of the highest step never goes back: a step that
 * was taken back does not come again. Trust and revocations are never taken back, and what only
 * tightens is on no trial.
 */
import {
  type ChannelEffect,
  type ChannelInput,
  type ChannelState,
  type ChannelsState,
  channelOf,
  type Facts,
  type Phase,
  type SeenFault,
  type Staged,
  type Trial,
} from './channel-state.js';
import {
  bodyBytesMax,
  type Channel,
  type ConfigStep,
  channels,
  stepLimits,
  wholeListDue,
} from './config-step.js';
import { codeOfFault, isCausable } from './faults.js';
import { judgeStep, type Mark, type StepRefusal } from './judge-step.js';

export const channelLimits = {
  /** for blobs, and for a worker’s tests, from the first asking */
  stagedMs: 600_000,
  /** a fault that a step has caused lasts so long: a cable that is being plugged in is none */
  faultMs: 10_000,
  /**
   * another broker is on trial so long, whatever its step says: a wrong one would be the last thing that the
   * gate has ever heard of from afar, and that it is wrong shows after seconds
   */
  linkTrialMsMin: 60_000,
} as const;

/** Somebody tries something: whoever watches over the site is to know. */
const alarming: readonly StepRefusal[] = ['equivocation', 'rollback', 'not-signed', 'broken-link'];

interface Result {
  readonly state: ChannelsState;
  readonly effects: readonly ChannelEffect[];
}

/**
 * @param state of all channels
 * @param input what has happened
 * @param facts of the gate, now
 * @returns the state after it, and what is to be done. Never throws for input
 */
export function stepChannels(state: ChannelsState, input: ChannelInput, facts: Facts): Result {
  switch (input.type) {
    case 'arrived':
      return arrived(state, input, facts);
    case 'fetched':
    case 'tested':
    case 'committed':
      return answered(state, input, facts);
    case 'fault':
      return faulty(state, input, facts);
    case 'tick':
      return ticked(state, facts);
  }
}

function arrived(
  state: ChannelsState,
  { channel, bytes, topicSeq = null }: Omit<Extract<ChannelInput, { type: 'arrived' }>, 'type'>,
  facts: Facts,
): Result {
  const own = channelOf(state, channel);
  const marks = new Map<Channel, Mark>();
  const lost = new Map<Channel, Mark | null>();
  for (const each of channels) {
    const { mark, isLost, inForce } = channelOf(state, each);
    if (mark !== null) marks.set(each, mark);
    if (isLost) lost.set(each, inForce);
  }
  const verdict = judgeStep(bytes, { ...facts, channel, marks, lost, topicSeq });
  switch (verdict.is) {
    case 'known':
      return { state, effects: [] };
    case 'wait':
      return withChannel(state, channel, {
        ...own,
        waiting: { bytes: new Uint8Array(bytes), topicSeq },
      });
    case 'refused': {
      const { why, detail } = verdict;
      const isAlarm = alarming.includes(why);
      return { state, effects: [{ type: 'refused', channel, why, detail, isAlarm }] };
    }
    case 'not-ours': {
      // Only its number counts; it is kept with the next commit, or comes again.
      if (verdict.mark === null || own.staged !== null) return { state, effects: [] };
      // Of what was lost the mark stands: one on the way back to it does not lower it.
      if (own.mark !== null && verdict.mark.seq < own.mark.seq) return { state, effects: [] };
      return withChannel(state, channel, { ...own, mark: verdict.mark });
    }
    case 'taken': {
      const { step, mark, signed } = verdict;
      // The same while it is being staged, with more signatures perhaps; of two others the later.
      if (own.staged?.mark.sha256 === mark.sha256) {
        const isMore = signed === 'all' && own.staged.stage !== 'committing';
        const same = isMore ? { ...own, staged: { ...own.staged, signed } } : own;
        return withChannel(state, channel, same);
      }
      if (own.staged?.stage === 'committing') return { state, effects: [] };
      const tooLarge = sizeProblem(step, signed);
      if (tooLarge !== null)
        return told({ state, effects: [] }, channel, mark, 'refused', tooLarge);
      const deadlineMs = facts.monotonicMs + channelLimits.stagedMs;
      const isFetching = step.content.is === 'blobs';
      const stage = isFetching ? 'fetching' : 'testing';
      const staged: Staged = { mark, step, signed, deadlineMs, stage, after: null };
      const next = { ...own, staged, waiting: null };
      const ask: ChannelEffect =
        step.content.is === 'blobs'
          ? { type: 'fetch', channel, sha256: mark.sha256, blobs: step.content.blobs }
          : { type: 'test', channel, sha256: mark.sha256, step };
      return told(withChannel(state, channel, next, [ask]), channel, mark, 'pending', stage);
    }
  }
}

/** What could never be kept is not fetched either: one signature is enough to ask for it. */
function sizeProblem({ channel, content }: ConfigStep, signed: 'all' | 'few'): string | null {
  if (content.is !== 'blobs') return null;
  const bytes = content.blobs.reduce((sum, blob) => sum + blob.bytes, 0);
  if (bytes > bodyBytesMax[channel]) return 'bad-body';
  const isAddition = channel === 'revocation' && signed === 'few';
  return isAddition && bytes > stepLimits.addedBytesMax ? wholeListDue : null;
}

type Answer = Extract<ChannelInput, { type: 'fetched' | 'tested' | 'committed' }>;

/** An answer about another step than the one that is staged is late: nothing follows from it. */
function answered(state: ChannelsState, input: Answer, facts: Facts): Result {
  const own = channelOf(state, input.channel);
  const { staged } = own;
  if (staged === null || staged.mark.sha256 !== input.sha256) return { state, effects: [] };
  if (staged.stage !== stageOf[input.type]) return { state, effects: [] };
  const { channel, sha256 } = input;
  if (input.type !== 'fetched' && !input.ok) return dropped(state, channel, codeOf(input));
  switch (input.type) {
    case 'fetched': {
      const next = { ...own, staged: { ...staged, stage: 'testing' as const } };
      return withChannel(state, channel, next, [
        { type: 'test', channel, sha256, step: staged.step },
      ]);
    }
    case 'tested': {
      if (staged.signed === 'few' && !input.tightens)
        return dropped(state, channel, 'below-threshold');
      const after = afterCommit(own, staged, state.faults, input, facts);
      const next = { ...own, staged: { ...staged, stage: 'committing' as const, after } };
      return withChannel(state, channel, next, [{ type: 'commit', channel, sha256, after }]);
    }
    case 'committed': {
      const after = staged.after ?? own;
      const kept = withChannel(state, channel, after, [
        { type: 'apply', channel, inForce: after.inForce },
        ...staleOver(channel, own),
      ]);
      return wakened(told(kept, channel, staged.mark, phaseOf(after.trial), ''), facts);
    }
  }
}

const stageOf = { fetched: 'fetching', tested: 'testing', committed: 'committing' } as const;

function codeOf(input: Exclude<Answer, { type: 'fetched' }>): string {
  return input.type === 'tested' ? input.code : input.code || 'disk';
}

function afterCommit(
  own: ChannelState,
  { mark, step }: Staged,
  faults: ReadonlySet<SeenFault>,
  { channel, tightens, relinks = false }: Extract<ChannelInput, { type: 'tested' }>,
  { monotonicMs }: Facts,
): ChannelState {
  const mayRevert = channel === 'policy' || channel === 'device';
  const askedMs = 1_000 * step.probationSeconds;
  const trialMs = relinks ? Math.max(askedMs, channelLimits.linkTrialMsMin) : askedMs;
  const isOnTrial = mayRevert && !tightens && trialMs > 0;
  const trial: Trial | null = isOnTrial
    ? {
        // A step that comes while another is on trial goes back behind both.
        before: own.trial === null ? own.inForce : own.trial.before,
        leftMs: trialMs,
        sinceMs: monotonicMs,
        // Behind two in a row what counts is what was there before the first. A step has come over the
        // link: where that is gone since, the step does not profit by it.
        known: own.trial?.known ?? without(faults, 'broker-lost'),
        fresh: new Map([...(own.trial?.fresh.keys() ?? [])].map((fault) => [fault, monotonicMs])),
      }
    : null;
  const { expiresMs } = step;
  // As it will be told once it is kept: a restart tells it so, too.
  const told = { mark, phase: phaseOf(trial), code: '' };
  const rest = { isStale: false, staged: null, waiting: null, told };
  // Of what was lost the mark stands until all of it has come again.
  const isLost = own.isLost && own.mark !== null && mark.seq < own.mark.seq;
  return { mark: isLost ? own.mark : mark, inForce: mark, expiresMs, trial, isLost, ...rest };
}

/** How a step stands that has just come in force. */
function phaseOf(trial: Trial | null): Phase {
  return trial === null ? 'confirmed' : 'probation';
}

function dropped(state: ChannelsState, channel: Channel, code: string): Result {
  const own = channelOf(state, channel);
  const { staged } = own;
  if (staged === null) return { state, effects: [] };
  const next = withChannel(state, channel, { ...own, staged: null });
  return told(next, channel, staged.mark, 'refused', code);
}

function faulty(
  state: ChannelsState,
  { fault, on }: Extract<ChannelInput, { type: 'fault' }>,
  facts: Facts,
): Result {
  const faults = new Set(state.faults);
  if (on) faults.add(fault);
  else faults.delete(fault);
  let next: ChannelsState = { ...state, faults };
  for (const channel of ['policy', 'device'] as const) {
    const own = channelOf(next, channel);
    if (own.trial === null) continue;
    const fresh = new Map(own.trial.fresh);
    const known = new Set(own.trial.known);
    if (!on) {
      fresh.delete(fault);
      // What was there before and went away proves something when it comes back.
      known.delete(fault);
    } else if (isCausable(channel, fault, facts) && !known.has(fault) && !fresh.has(fault))
      fresh.set(fault, facts.monotonicMs);
    next = withChannel(next, channel, { ...own, trial: { ...own.trial, fresh, known } }).state;
  }
  return ticked(next, facts);
}

/** Deadlines: of what is staged, of a trial, of a fault that lasts, of what is in force. */
function ticked(state: ChannelsState, facts: Facts): Result {
  let result: Result = { state, effects: [] };
  for (const channel of channels)
    result = join(result, tickedChannel(result.state, channel, facts));
  return result;
}

function tickedChannel(state: ChannelsState, channel: Channel, facts: Facts): Result {
  const own = channelOf(state, channel);
  const { staged, trial } = own;
  if (staged !== null && staged.stage !== 'committing' && facts.monotonicMs >= staged.deadlineMs)
    return dropped(state, channel, 'late');
  // While another is being kept, the trial that it ends decides nothing any more.
  if (trial !== null && own.inForce !== null && staged?.stage !== 'committing') {
    const since = [...trial.fresh].find(
      ([, sinceMs]) => facts.monotonicMs - sinceMs >= channelLimits.faultMs,
    );
    if (since !== undefined) return reverted(state, channel, own, trial, since[0]);
    // Whoever is held at the gate for long is under what was before: it is counted from when he has gone.
    if (facts.isPending === true)
      return withChannel(state, channel, {
        ...own,
        trial: { ...trial, sinceMs: facts.monotonicMs },
      });
    if (facts.monotonicMs - trial.sinceMs >= trial.leftMs && trial.fresh.size === 0) {
      const last = { mark: own.inForce, phase: 'confirmed', code: '' } as const;
      const after = { ...own, trial: null, told: last };
      const kept = withChannel(state, channel, after, [
        { type: 'commit', channel, sha256: own.inForce.sha256, after },
      ]);
      return told(kept, channel, own.inForce, 'confirmed', '');
    }
  }
  const reachedMs = Math.max(facts.nowMs ?? 0, facts.floorMs ?? 0);
  const isStale = own.expiresMs !== null && reachedMs >= own.expiresMs;
  if (isStale === own.isStale) return { state, effects: [] };
  // It is gone by all the same: a gate is not bricked by time.
  return withChannel(state, channel, { ...own, isStale }, [
    { type: 'stale', channel, on: isStale },
  ]);
}

function reverted(
  state: ChannelsState,
  channel: Channel,
  own: ChannelState,
  { before }: Trial,
  fault: SeenFault,
): Result {
  const mark = own.inForce;
  if (mark === null) return { state, effects: [] };
  const last = { mark, phase: 'reverted', code: codeOfFault(fault) } as const;
  const rest = { expiresMs: null, isStale: false, trial: null, told: last };
  const after = { ...own, inForce: before, ...rest };
  const kept = withChannel(state, channel, after, [
    { type: 'commit', channel, sha256: mark.sha256, after },
    { type: 'apply', channel, inForce: before },
    ...staleOver(channel, own),
  ]);
  return told(kept, channel, mark, 'reverted', codeOfFault(fault));
}

/** Another is in force: that the one before it was past its date is over. */
function staleOver(channel: Channel, { isStale }: ChannelState): readonly ChannelEffect[] {
  return isStale ? [{ type: 'stale', channel, on: false }] : [];
}

function without<Item>(items: ReadonlySet<Item>, item: Item): ReadonlySet<Item> {
  return new Set([...items].filter((it) => it !== item));
}

/** Another channel has come further: what has waited for it is judged anew. */
function wakened(result: Result, facts: Facts): Result {
  let all = result;
  for (const channel of channels) {
    const own = channelOf(all.state, channel);
    if (own.waiting === null) continue;
    const free = withChannel(all.state, channel, { ...own, waiting: null }).state;
    all = join({ ...all, state: free }, arrived(free, { channel, ...own.waiting }, facts));
  }
  return all;
}

function withChannel(
  state: ChannelsState,
  channel: Channel,
  own: ChannelState,
  effects: readonly ChannelEffect[] = [],
): Result {
  return { state: { ...state, byChannel: new Map(state.byChannel).set(channel, own) }, effects };
}

function told(
  { state, effects }: Result,
  channel: Channel,
  mark: Mark,
  phase: Phase,
  code: string,
): Result {
  const own = channelOf(state, channel);
  const next = withChannel(state, channel, { ...own, told: { mark, phase, code } });
  return { ...next, effects: [...effects, { type: 'report', channel, mark, phase, code }] };
}

function join(one: Result, other: Result): Result {
  return { state: other.state, effects: [...one.effects, ...other.effects] };
}
