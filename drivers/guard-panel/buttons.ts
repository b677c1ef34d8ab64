/** The buttons of the guard's panel: a table, so that the next one is one row. Data only. */
import { type GuardedButton, type PanelButton, panelButtons } from '../../config/vocabulary.js';

export interface ButtonTraits {
  /** the name of the contact in the board map */
  readonly line: string;
  /** the cover over it, which may have a contact; null: not guarded */
  readonly cover: CoverTraits | null;
  /** held this long it is told as `long` too; null: a press is a press */
  readonly longMs: number | null;
  /** held for longer it is a fault */
  readonly heldMsMax: number;
  /** whether that fault ends the press: a stuck button must not go on as one that is held */
  readonly heldEndsPress: boolean;
  /** how long a chattering contact must be closed at a stretch to be pressed all the same */
  readonly chatterRestMs: number;
}

export interface CoverTraits {
  /** the name of the cover's contact in the board map; active: the cover is lifted */
  readonly line: string;
  /** what a press under the closed cover is, besides a fault */
  readonly closedPress: 'counts' | 'refused';
}

/** A press lasts a second; ten of them are a thing that leans on the button. */
const leansMs = 10_000;
/** Longer than a slow finger's press, short enough to wait for. */
const longMs = 1_000;
/** EN/IEC 60839-11-1 table 2: an input that is active for more than 400 ms must be processed. */
const processedMs = 400;

const usual = {
  cover: null,
  longMs: null,
  heldMsMax: leansMs,
  heldEndsPress: true,
  chatterRestMs: processedMs,
} as const;

type Guarded = { readonly cover: CoverTraits };

export const buttons: Readonly<Record<PanelButton, ButtonTraits> & Record<GuardedButton, Guarded>> =
  {
    open: { ...usual, line: 'open' },
    refuse: { ...usual, line: 'refuse' },
    confirm: { ...usual, line: 'confirm' },
    // Held down while a badge is found and scanned; that must not count as a step of its walk.
    next: { ...usual, line: 'next', longMs, heldMsMax: 30_000 },
    // Nobody may be trapped. Who holds it down means it: after a minute it is a fault, and still a
    // press. Neither a cover's broken contact nor bounces for half of the 400 ms keep it back.
    emergency: {
      ...usual,
      line: 'emergency',
      cover: { line: 'emergency-cover', closedPress: 'counts' },
      heldMsMax: 60_000,
      heldEndsPress: false,
      chatterRestMs: processedMs / 2,
    },
    lockdown: {
      ...usual,
      line: 'lockdown',
      cover: { line: 'lockdown-cover', closedPress: 'refused' },
      longMs,
    },
    acknowledge: { ...usual, line: 'acknowledge', longMs },
  };

export const buttonNames: readonly PanelButton[] = panelButtons;
