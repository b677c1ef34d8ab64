/** The lines of turnstile, panel, fire loop and lamps: which backend serves them, and why. */
import type { KioskConfig } from '../../config/kiosk-config.js';
import { type Finding, warning } from './finding.js';

/** Takes the configuration; returns one finding. No line is asked for or set. */
export function checkGpio({ gpio }: Pick<KioskConfig, 'gpio'>): Finding {
  return warning(
    'gpio',
    `${gpio.backend}: turnstile, panel, fire loop and lamps are not at the board's header`,
    'for a lane choose another gpio.backend',
  );
}
