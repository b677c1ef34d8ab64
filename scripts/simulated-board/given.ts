/** What `npm start --` is told on its command line. Pure. */
import { parseArgs } from 'node:util';
import { isSecureBroker } from '../../config/kiosk-config.js';
import { argumentWords } from '../argument-words.js';

export const usage = `npm start                     a gate on the simulated board, visitors come and go
npm start -- --once           plays the scripted day and exits: 0, or 1 if an outcome is not the expected one
npm start -- --port 8088      the screen on another port of 127.0.0.1, and the next three (0: any free ones)
npm start -- --broker URL     reports to mqtt://host:port instead of an own broker
npm start -- --keep DIR       leaves databases, trust list and keys in a new folder, the admins' for gatectl too
npm start -- --no-show        nobody comes by themselves: play at /sim
npm start -- --log-level info the gate's log on standard error
`;

const options = {
  once: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  port: { type: 'string' },
  broker: { type: 'string' },
  keep: { type: 'string' },
  'no-show': { type: 'boolean' },
  'log-level': { type: 'string', default: 'silent' },
} as const;

const portDefault = '8080';
const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];
/** The scripted day has its own board, and reports to nobody. */
const notOnce = ['port', 'broker', 'keep', 'no-show'] as const;

export interface Given {
  readonly once: boolean;
  readonly help: boolean;
  readonly port: number;
  /** null: an own one */
  readonly broker: string | null;
  /** null: nothing stays */
  readonly keep: string | null;
  readonly show: boolean;
  readonly logLevel: string;
}

/** Takes the arguments; returns what they ask for, or what is wrong with them, in a line. */
export function readGiven(
  words: readonly string[],
): { readonly ok: true; readonly given: Given } | { readonly ok: false; readonly why: string } {
  try {
    const { values } = parseArgs({ args: [...words], options });
    const { once, help, port = portDefault, broker = null, keep = null } = values;
    const useless = once ? notOnce.find((name) => values[name] !== undefined) : undefined;
    if (useless !== undefined)
      return {
        ok: false,
        why: `--${useless} has no meaning with --once: the day is played by itself`,
      };
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
      return { ok: false, why: `--port must be 0 to 65535, not ${port}` };
    if (broker !== null && isSecureBroker(broker) !== false)
      return { ok: false, why: `--broker must be mqtt://host:port, not ${broker}` };
    const logLevel = values['log-level'];
    if (!levels.includes(logLevel))
      return { ok: false, why: `--log-level must be one of ${levels.join(', ')}` };
    const show = values['no-show'] !== true;
    return { ok: true, given: { once, help, port: Number(port), broker, keep, show, logLevel } };
  } catch (error) {
    return { ok: false, why: argumentWords(error) };
  }
}
