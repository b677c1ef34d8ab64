/**
 * Which output lines the relay's worker is to own: a small description that can be sent to a
 * worker, and what opens it there.
 */
import type { Opened } from './linux/gpio-fault.js';
import { dropGpioRelay, type GpioRelayDescription, openGpioRelay } from './linux/gpio-relay.js';
import { type RelayOutputs, relayLines } from './relay-logic.js';
import {
  openSimulatedRelayLines,
  type SimulatedRelayLinesDescription,
} from './simulated/relay-lines.js';

export type RelayLinesDescription = SimulatedRelayLinesDescription | GpioRelayDescription;

/** Opens described lines in this thread, which owns them from then on. Real ones are off then. */
export function openRelayLines(description: RelayLinesDescription): Opened<RelayOutputs> {
  switch (description.kind) {
    case 'simulated':
      return { ok: true, value: openSimulatedRelayLines(description) };
    case 'gpio':
      return openGpioRelay(description);
  }
}

/** Drops the lines of an owner that has ended, from any thread; nothing where it did so itself. */
export function dropRelayLines(description: RelayLinesDescription): void {
  if (description.kind === 'gpio') return dropGpioRelay(description);
  const outputs = openSimulatedRelayLines(description);
  for (const line of relayLines) outputs.set(line, false);
  outputs.close();
}
