/** What the guard's hands do: on the panel, on the booth's keyboard, with the badge. */
import {
  type DetailField,
  type GuardedButton,
  guardedButtons,
  type PanelButton,
} from '../../config/vocabulary.js';
import type { GateState } from '../../kiosk/core/state.js';
import type { DetailProblem } from '../../kiosk/evidence/details.js';
import type { Board } from './board.js';
import type { Papers } from './papers.js';

/** Longer than the contacts of a press need to settle. */
const settledMs = 100;
const pressMsUsual = 200;
/** CONFIRM counts only for what has been shown for a second. */
const shownMs = 1_100;
/** More than the longest walk: fourteen days of arrival. */
const walkStepsMax = 20;

export interface GuardHands {
  /** on the panel, its cover lifted where it has one; longer than a second is a long press */
  press(button: PanelButton, ms?: number): Promise<void>;
  hold(button: PanelButton): Promise<void>;
  release(button: PanelButton): Promise<void>;
  /** the same as `press`, by the keyboard of the booth's page */
  key(button: PanelButton): Promise<void>;
  /** a guard comes on duty: the badge is scanned while NEXT is held */
  badge(guardId: string): Promise<void>;
  /**
   * The guard walks with NEXT until the booth shows what is meant, e.g. `attest:questions`, waits as
   * long as it has to be shown, and presses CONFIRM; nothing where it is not offered.
   */
  confirm(meaning: string): Promise<void>;
  /** entered in the booth, about this person unless another attempt is named; null: an emergency */
  details(
    fields: Readonly<Partial<Record<DetailField, string>>>,
    attempt?: number | null,
  ): Promise<readonly DetailProblem[]>;
}

/** @returns the hands of whoever is in the booth of this board */
export function guardHands(options: {
  board(): Board;
  state(): GateState;
  readonly papers: Papers;
  pause(ms: number): Promise<void>;
}): GuardHands {
  const { board, state, papers, pause } = options;
  const lift = async (button: PanelButton, lifted: boolean): Promise<void> => {
    if (!isGuarded(button)) return;
    board().panel.cover(button, lifted);
    await pause(settledMs);
  };
  const hold = async (button: PanelButton): Promise<void> => {
    await lift(button, true);
    board().panel.hold(button);
    await pause(settledMs);
  };
  const release = async (button: PanelButton): Promise<void> => {
    board().panel.release(button);
    await pause(settledMs);
    await lift(button, false);
  };
  const press = async (button: PanelButton, ms = pressMsUsual): Promise<void> => {
    await hold(button);
    await pause(Math.max(0, ms - settledMs));
    await release(button);
  };
  return {
    press,
    hold,
    release,
    async key(button) {
      const { gate } = board();
      gate.press(button, 'pressed');
      await pause(pressMsUsual);
      gate.press(button, 'released');
      await pause(settledMs);
    },
    async badge(guardId) {
      await hold('next');
      board().scan(papers.guardBadge(guardId));
      await pause(settledMs);
      await release('next');
    },
    async confirm(meaning) {
      const isShown = (): boolean => state().prompt?.id.includes(`/${meaning}`) ?? false;
      for (let step = 0; step < walkStepsMax && !isShown(); step += 1) await press('next');
      if (!isShown()) return;
      await pause(shownMs);
      await press('confirm');
    },
    async details(fields, attempt = state().attempt?.serial ?? null) {
      const problems = board().gate.details({ attempt, fields });
      await pause(settledMs);
      return problems;
    },
  };
}

function isGuarded(button: PanelButton): button is GuardedButton {
  return guardedButtons.some((name) => name === button);
}
