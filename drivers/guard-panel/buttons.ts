/** The buttons of the guard's panel: a table, so that the next one is one line. Data only. */
import type { Reading } from '../reading.js';

export type Button = Extract<Reading, { type: 'button' }>['button'];

export interface ButtonTraits {
  /** the name of the contact in the board map */
  readonly line: string;
  /** held for longer than this it is stuck; null where a long press is somebody's need */
  readonly heldMsMax: number | null;
}

/** A press lasts a second; ten of them are a thing that leans on the button. */
const heldMsMax = 10_000;

export const buttons: Readonly<Record<Button, ButtonTraits>> = {
  // Under its cover nothing leans on it, and who holds it down means it.
  emergency: { line: 'emergency', heldMsMax: null },
  acknowledge: { line: 'acknowledge', heldMsMax },
};

export const buttonNames = Object.keys(buttons) as readonly Button[];
