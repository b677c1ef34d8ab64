/** The lines of one gate on this machine: which way they are reached, and the ports over them. */
import type { Logger } from 'pino';
import type { Board } from '../../config/board.js';
import { isOutput, type PlacedLine, relayFunctions } from '../../config/board-map.js';
import type { KioskConfig } from '../../config/kiosk-config.js';
import { doorLine } from '../../drivers/door-contact/driver.js';
import { mainsLine } from '../../drivers/mains-monitor/driver.js';
import { tamperLine } from '../../drivers/tamper-loop/driver.js';
import { runFireLoop } from '../../drivers/twins.js';
import { openChardevInputs, openChardevOutputs } from '../../hardware/linux/gpio-chardev.js';
import { chooseGpio, type GpioChoice } from '../../hardware/linux/gpio-choice.js';
import { linuxKernel } from '../../hardware/linux/gpio-kernel.js';
import { gpioRelay } from '../../hardware/linux/gpio-relay.js';
import { keepInputs, keepOutputs } from '../../hardware/linux/gpio-session.js';
import { openSysfsOutputs } from '../../hardware/linux/gpio-sysfs.js';
import { openSysfsInputs } from '../../hardware/linux/gpio-sysfs-inputs.js';
import type { Clock, InputLines, OutputLines, Scheduler } from '../../hardware/ports.js';
import type { RelayLinesDescription } from '../../hardware/relay-lines.js';
import { simulatedLines } from '../../hardware/simulated/lines.js';
import { simulatedOutputs } from '../../hardware/simulated/outputs.js';
import { simulatedRelayLines } from '../../hardware/simulated/relay-lines.js';

interface LinesTools {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
}

/** What the gate's devices hang on. */
export interface GateLines {
  readonly inputs: InputLines;
  readonly outputs: OutputLines;
  /** for the relay's worker, which opens them itself */
  readonly relay: RelayLinesDescription;
  close(): void;
}

export type OpenLines =
  | { readonly ok: true; readonly lines: GateLines; readonly choice: GpioChoice }
  /** what is wrong and what to do */
  | { readonly ok: false; readonly problem: string };

/**
 * Opens inputs and lamps, and describes the relay's lines. Lines that cannot be had yet are tried
 * again; only a board without any of the ways is refused.
 * @param config a checked `kiosk.json`
 * @param board its lines, or null where they are simulated without a map
 */
export function openLines(config: KioskConfig, board: Board | null, tools: LinesTools): OpenLines {
  const placed = board?.lines ?? [];
  const chosen = chooseGpio(config.gpio.backend, placed);
  if (!chosen.ok) return chosen;
  const { choice } = chosen;
  const lines =
    choice.backend === 'simulated' ? imagined(config, tools) : real(choice.backend, placed, tools);
  return { ok: true, lines, choice };
}

/** Normally closed contacts that are active while nothing is wrong. */
const closedContacts = [doorLine, tamperLine, mainsLine];

/** Lines without a board: nobody drives them, but for the loops, which somebody has to close. */
function imagined({ devices }: KioskConfig, tools: LinesTools): GateLines {
  const inputs = simulatedLines(tools);
  const contacts = simulatedRelayLines();
  for (const line of closedContacts) inputs.drive(line, true);
  if (devices.fire) runFireLoop({ ...tools, lines: inputs, ...devices.fire });
  return {
    inputs,
    outputs: simulatedOutputs(tools),
    relay: contacts.description,
    close: contacts.close,
  };
}

function real(
  backend: 'chardev' | 'sysfs',
  placed: readonly PlacedLine[],
  { clock, scheduler, log }: LinesTools,
): GateLines {
  const ofRelay = ({ line }: PlacedLine): boolean => relayFunctions.some((name) => name === line);
  const relay = placed.filter(ofRelay);
  const lamps = placed.filter((one) => isOutput(one.line) && !ofRelay(one));
  const contacts = placed.filter(({ line }) => !isOutput(line));
  const tools = (part: string) => ({
    clock,
    scheduler,
    tell(why: string, detail: string) {
      if (why === '') log.info({ part }, 'lines ok');
      else log.warn({ part, why, detail }, 'lines trouble');
    },
  });
  const inputs = keepInputs(tools('inputs'), contacts, (lines, events) =>
    backend === 'sysfs'
      ? openSysfsInputs(lines, events)
      : openChardevInputs(linuxKernel(), lines, events),
  );
  const outputs = keepOutputs(tools('outputs'), lamps, (lines) =>
    backend === 'sysfs' ? openSysfsOutputs(lines) : openChardevOutputs(linuxKernel(), lines),
  );
  return {
    inputs,
    outputs,
    relay: gpioRelay(backend, relay),
    close() {
      inputs.close();
      outputs.close();
    },
  };
}
