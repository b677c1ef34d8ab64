/** What is kept of the guard: who is on duty, what CONFIRM means now, what a press came to. */
import type { DetailField, PanelButton } from '../../../config/vocabulary.js';

/** The guard on duty. */
export interface Duty {
  /** token (campus id) of the guard */
  readonly guard: string;
  readonly masked: string;
  /** the badge's end, wall milliseconds */
  readonly expiresMs: number;
  /** the badge's end and 12 h at most, monotonic milliseconds */
  readonly untilMs: number;
  /** how often each button was pressed meanwhile */
  readonly presses: Readonly<Partial<Record<PanelButton, number>>>;
}

/** What CONFIRM means now; it counts once it has been shown for a second. */
export interface Prompt {
  /** changes whenever the meaning changes */
  readonly id: string;
  readonly sinceMs: number;
  readonly isReady: boolean;
}

/** What a press came to, for whoever stands at the panel. */
export interface Feedback {
  readonly code: FeedbackCode;
  readonly untilMs: number;
}

export type FeedbackCode =
  | 'done'
  | 'nobody-on-duty'
  | 'not-shown-long-enough'
  | 'nothing-to-confirm'
  | 'lane-busy'
  | 'locked-down'
  | 'badge-without-next'
  | 'badge-refused'
  | 'nothing-to-refuse'
  | 'relay-refused';

/** The guard's last opening, whose reason may still be said. */
export interface Opened {
  readonly grant: number;
  readonly untilMs: number;
}

/** Somebody who has passed and whose details the guard still owes the record. */
export interface DetailsOwed {
  readonly attempt: number;
  readonly masked: string | null;
  /** what is missing */
  readonly fields: readonly DetailField[];
  /** how long who passed is isolated, and with them the household entered later; null: not at all */
  readonly until: string | null;
}
