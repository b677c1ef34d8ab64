/**
 * Which output lines the relay's worker is to own: a small description that can be sent to a
 * worker, and what opens it there. Lines of a real board join here as another kind.
 */
import type { RelayOutputs } from './relay-logic.js';
import {
  openSimulatedRelayLines,
  type SimulatedRelayLinesDescription,
} from './simulated/relay-lines.js';

export type RelayLinesDescription = SimulatedRelayLinesDescription;

/** Opens described lines in this thread. The levels are left as they are found. */
export function openRelayLines(description: RelayLinesDescription): RelayOutputs {
  switch (description.kind) {
    case 'simulated':
      return openSimulatedRelayLines(description);
  }
}
