/**
 * What the person at the turnstile sees: a projection of the gate's state, made after each step. It
 * names words by their keys; `words.ts` says them. Nothing in it is private: masks at most, and one
 * look for every "see the guard".
 */
import type { HeadlineId, PaperStepId, StepId } from '../../config/language.js';
import type { Phrase } from '../../config/policy.js';

export type ScreenMode =
  | 'idle'
  | 'collecting'
  | 'wait'
  | 'go'
  | 'refused'
  | 'see-guard'
  | 'out-of-service'
  | 'lockdown'
  | 'emergency';

/** What is drawn beside the next step: where to go with hand, paper or feet. */
export type Hint =
  | 'scan'
  | 'card'
  | 'scan-or-card'
  | 'wrist'
  | 'warm'
  | 'walk'
  | 'wait'
  | 'guard'
  | 'office'
  | 'lane';

export type NextStep = { readonly hint: Hint } & (
  | { readonly step: StepId }
  /** about one line of the checklist */
  | { readonly step: PaperStepId; readonly paper: Phrase }
  /** the policy's own words */
  | { readonly step: null; readonly phrase: Phrase }
);

export interface ChecklistItem {
  readonly id: string;
  /** as the policy names it */
  readonly label: Phrase;
  /** `next`: the next step is about this one */
  readonly state: 'done' | 'next' | 'missing';
}

export interface ScreenView {
  readonly mode: ScreenMode;
  /** the main word, e.g. 请通行 / Go */
  readonly headline: HeadlineId;
  /** one clear next step, or null */
  readonly nextStep: NextStep | null;
  readonly checklist: readonly ChecklistItem[];
  /** never a fever's value: only a normal reading is shown */
  readonly temperature: { readonly celsius: string } | null;
  /** who is at the gate, masked, e.g. 20****12 */
  readonly masked: string | null;
  readonly tone: Tone;
  /** grows with every accepted or refused input, so that equal tones sound again */
  readonly toneSerial: number;
  readonly direction: 'in' | 'out';
}

export type Tone = 'none' | 'accepted' | 'go' | 'refused' | 'see-guard' | 'siren';
