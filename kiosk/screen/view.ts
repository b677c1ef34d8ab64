/**
 * What the person at the turnstile sees: a projection of the gate's state, made after each step.
 * Nothing in it is private: masks at most, and one look for every "see the guard".
 */
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

export interface Phrase {
  readonly zh: string;
  readonly en: string;
}

export interface ChecklistItem {
  readonly id: string;
  readonly label: Phrase;
  readonly state: 'done' | 'missing' | 'refused';
}

export interface ScreenView {
  readonly mode: ScreenMode;
  /** the main word, e.g. 请通行 / Go */
  readonly headline: Phrase;
  /** one clear next step, or null */
  readonly nextStep: Phrase | null;
  readonly checklist: readonly ChecklistItem[];
  /** never a fever's value: only a normal reading is shown */
  readonly temperature: { readonly celsius: string; readonly verdict: 'normal' } | null;
  /** who is at the gate, masked, e.g. 20******12 */
  readonly masked: string | null;
  readonly tone: 'none' | 'accepted' | 'go' | 'refused' | 'see-guard' | 'siren';
  /** grows with every accepted or refused input, so that equal tones sound again */
  readonly toneSerial: number;
  readonly direction: 'in' | 'out';
}
