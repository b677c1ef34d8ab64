/**
 * The steps at which a gate is killed, from the grant to the receipt, in the order of the way.
 * `asked` is before a port is called, `under way` behind the call, `answered` when the answer has
 * come and nobody has heard of it, `heard` when all that follows from it has been asked for.
 */
export const labels = [
  'journal opening',
  'grant asked',
  'grant under way',
  'grant written, not synced',
  'grant answered',
  'grant heard',
  'relay asked',
  'relay on',
  'pulse reported',
  'relay off',
  'arm turning',
  'arm at rest',
  'end asked',
  'end under way',
  'end written, not synced',
  'end answered',
  'end heard',
  'page asked',
  'page read',
  'batch asked',
  'batch sent',
  'receipt signed',
  'receipt heard',
  'release asked',
  'release under way',
  'release kept',
  'checkpoint under way',
  'journal closing',
] as const;
export type Label = (typeof labels)[number];

/** What is made wrong on purpose, so that the judge can be seen to find it. */
export type Sabotage =
  | 'none'
  /** the gate is told that a grant is synced before it is */
  | 'acknowledge before the commit'
  | 'relay before the commit'
  /** the grant's record in one transaction, what it reserves in the next */
  | 'reserve outside of the transaction'
  /** the outbox is told that a collector has more than it has signed for */
  | 'release beyond the receipt';

/** What a child is told to do; as JSON on its command line. */
export interface ChildPlan {
  readonly seed: number;
  /** of the lane's whole life, from 0: papers, dates and boot ids go by it */
  readonly run: number;
  readonly label: Label;
  /** dies when it comes to the label for this time, from 1 */
  readonly occurrence: number;
  /** how long other threads go on between the label and the kill */
  readonly delayUs: number;
  /** how many people come who were not there before */
  readonly people: number;
  /** before them somebody of the run before, whatever became of them */
  readonly isAgain: boolean;
  /** the last one does not walk */
  readonly isLazy: boolean;
  /** where the collector is */
  readonly received: { readonly seq: number; readonly hash: string };
  readonly sabotage: Sabotage;
}

/** A line of a child. */
export type Said =
  | { readonly said: 'acknowledged' | 'receipt'; readonly seq: number; readonly hash: string }
  | { readonly said: 'edge'; readonly bootId: string; readonly attempt: number | null }
  | { readonly said: 'walked'; readonly ticket: string }
  | { readonly said: 'dies' }
  /** the label was not come to so often: it ends by itself */
  | { readonly said: 'ended' };
