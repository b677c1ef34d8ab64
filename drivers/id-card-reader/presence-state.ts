/** The states of a card's presence, what may happen in them and what is told. Types only. */
import type { CardText } from './card-text.js';
import type { IdCard, UnreadableReason } from './id-card.js';

export type Presence =
  /** `lying`: the mark of a card that may lie there unseen, as the module fell silent after it */
  | { readonly name: 'absent'; readonly lying: number | null }
  /** there; to be selected, or after a failure to be found again first */
  | { readonly name: 'present'; readonly isFound: boolean; readonly visit: Visit }
  /** selected; its text is asked for */
  | { readonly name: 'read'; readonly visit: Visit }
  | {
      readonly name: 'wait-removal';
      readonly card: LyingCard;
      /** finds without a card since it was last seen; more than 0 is a gap */
      readonly misses: number;
      readonly gapSinceMs: number;
    };

/** What is tried with a card that has been found. */
export interface Visit {
  readonly sinceMs: number;
  readonly failures: number;
  readonly textFaults: number;
  readonly why: UnreadableReason;
  /** this read follows a failed one without a find between them */
  readonly isSecondRead: boolean;
  /** finds without it while it is to be found again */
  readonly misses: number;
  /** the mark of a text that a noisy line makes doubtful until it comes again */
  readonly unconfirmed: number | null;
  /** the card that was there before the gap, which this one may be */
  readonly before: { readonly card: LyingCard; readonly isLikelyGone: boolean } | null;
}

export interface LyingCard {
  /** null: it could not be read */
  readonly mark: number | null;
  /** the module goes on finding it: then it also shows when it is gone */
  readonly goesOn: boolean;
  readonly isRemovalTold: boolean;
}

export type PresenceEvent =
  | { readonly type: 'found' | 'no-card' | 'selected' }
  | {
      readonly type: 'text';
      readonly mark: number;
      readonly text: CardText;
      /** there was garbage on the line: the text counts when it comes a second time */
      readonly isDoubtful: boolean;
    }
  | { readonly type: 'failed'; readonly why: UnreadableReason }
  /** the module was reset, or the cable was off: what the module remembers is not known */
  | { readonly type: 'module-reset' | 'disconnected' };

export type Told =
  | { readonly type: 'card'; readonly card: IdCard }
  | { readonly type: 'card-removed' }
  | { readonly type: 'card-unreadable'; readonly reason: UnreadableReason };

export interface PresenceStep {
  readonly presence: Presence;
  readonly told: readonly Told[];
}
