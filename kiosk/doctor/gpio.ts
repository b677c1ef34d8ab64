/** The lines of turnstile, panel, fire loop and lamps: which backend serves them, and why. */
import { chooseGpio } from '../../hardware/linux/gpio-choice.js';
import type { Configuration } from '../daemon/configuration.js';
import { type Finding, failed, ok, warning } from './finding.js';

/**
 * Takes a read configuration; returns a finding for the backend and one for each thing that its board
 * map warns of. No line is asked for or set.
 */
export function checkGpio({
  config: { gpio },
  board,
}: Pick<Configuration, 'config' | 'board'>): readonly Finding[] {
  const chosen = chooseGpio(gpio.backend, board?.lines ?? []);
  if (!chosen.ok) return [failed('gpio', chosen.problem, 'look at hardware/wiring.md')];
  const { backend, why } = chosen.choice;
  if (backend === 'simulated')
    return [
      warning(
        'gpio',
        'simulated: turnstile, panel, fire loop and lamps are not at the board’s header',
        'for a lane choose another gpio.backend',
      ),
    ];
  const warnings = board?.warnings ?? [];
  return [
    ok('gpio', `${backend}: ${why}`),
    ...warnings.map((text) => warning('gpio', text, 'look at hardware/wiring.md')),
  ];
}
