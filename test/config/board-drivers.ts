/** The lines that the drivers and the relay ask for, by their own tables. */
import { doorLine } from '../../drivers/door-contact/driver.js';
import { exitButtonLine } from '../../drivers/exit-button/driver.js';
import { loopLine, supervisionLine } from '../../drivers/fire-input/codec.js';
import { buttons } from '../../drivers/guard-panel/buttons.js';
import { mainsLine } from '../../drivers/mains-monitor/driver.js';
import { signalLines } from '../../drivers/signals/patterns.js';
import { tamperLine } from '../../drivers/tamper-loop/driver.js';
import { passageLine, reverseLine } from '../../drivers/turnstile/driver.js';
import { relayLines } from '../../hardware/relay-logic.js';

const ofPanel = Object.values(buttons).flatMap(({ line, cover }) =>
  cover === null ? [line] : [line, cover.line],
);
export const askedLines = {
  inputs: [
    ...[passageLine, reverseLine, doorLine, exitButtonLine, mainsLine, tamperLine],
    ...[loopLine, supervisionLine],
    ...ofPanel,
  ],
  outputs: [...relayLines, ...Object.values(signalLines)],
};
