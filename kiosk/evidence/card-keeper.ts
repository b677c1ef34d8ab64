/**
 * The one place where the number of an ID card lives in clear: so that papers shown before and after
 * the card can be matched with it. It ends with the attempt, with the next card, or after ten minutes.
 */
import type { Cancel, Scheduler } from '../../hardware/ports.js';
import { isHolder, type Peppers } from '../credential/tokens.js';

/** The longest attempt is one referred to the guard: ten minutes (`admission.md`'s *referredMs*). */
export const cardKeptMsMax = 600_000;
/** Papers with a holder that one person shows are two; the limit keeps a flood from growing it. */
export const holdersMax = 16;

/** A verified credential that names its holder. */
export interface HeldPaper {
  /** hex kid‖cti */
  readonly id: string;
  /** hex, 16 digits */
  readonly cti: string;
  /** holder tag, hex, 32 digits */
  readonly holder: string;
  readonly takenMs: number;
}

export interface CardKeeper {
  /** Takes a paper; returns the token of the card known now if that is its holder's, else null. */
  show(paper: HeldPaper): string | null;
  /** Takes a card in place of the one before; returns the ids of the papers kept that name it. */
  take(card: KeptCard): readonly string[];
  /** Forgets the card, not the papers: another was shown that does not count. */
  forgetCard(): void;
  /** Forgets what was taken before a moment (monotonic milliseconds); without one, everything. */
  forget(beforeMs?: number): void;
}

interface KeptCard {
  readonly number: string;
  /** the person's token, hex */
  readonly token: string;
  readonly takenMs: number;
}

/**
 * @param tools the site's peppers, and a scheduler for the end of the ten minutes
 * @returns a keeper that knows nothing
 */
export function cardKeeper({
  peppers,
  scheduler,
}: {
  readonly peppers: Peppers;
  readonly scheduler: Scheduler;
}): CardKeeper {
  let card: KeptCard | null = null;
  let papers: readonly HeldPaper[] = [];
  let cancel: Cancel = () => {};
  const forgetCard = (): void => {
    cancel();
    card = null;
  };
  return {
    show(paper) {
      papers = [...papers.filter(({ id }) => id !== paper.id), paper].slice(-holdersMax);
      return card !== null && isHolder(peppers, paper, card.number) ? card.token : null;
    },
    take(next) {
      forgetCard();
      card = next;
      cancel = scheduler.at(next.takenMs + cardKeptMsMax, forgetCard);
      return papers.filter((paper) => isHolder(peppers, paper, next.number)).map(({ id }) => id);
    },
    forgetCard,
    forget(beforeMs = Number.POSITIVE_INFINITY) {
      if (card !== null && card.takenMs < beforeMs) forgetCard();
      papers = papers.filter(({ takenMs }) => takenMs >= beforeMs);
    },
  };
}
