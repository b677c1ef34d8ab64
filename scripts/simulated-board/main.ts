#!/usr/bin/env node
/** The simulated board: `--once` plays the scripted day, otherwise one gate runs until Ctrl-C. */
import { parseArgs } from 'node:util';
import { isSecureBroker } from '../../config/kiosk-config.js';
import { openLog } from '../../kiosk/log.js';
import { playLive } from './live.js';
import { playOnce } from './once.js';
import { shippedConfiguration } from './shipped.js';

const usage = `npm start                     a gate on the simulated board, visitors come and go
npm start -- --once           plays the scripted day and exits: 0, or 1 if an outcome is not the expected one
npm start -- --port 8088      the screen on another port of 127.0.0.1, and the next three (0: any free ones)
npm start -- --broker URL     reports to mqtt://host:port instead of an own broker
npm start -- --keep DIR       leaves databases, trust list, registry key and pepper in a new folder
npm start -- --no-show        nobody comes by themselves: play at /sim
npm start -- --log-level info the gate's log on standard error
`;

async function main(words: string[]): Promise<number> {
  const given = parse(words);
  if (given === null) return 2;
  if (given.help) {
    process.stdout.write(usage);
    return 0;
  }
  const log = openLog({ level: given['log-level'] });
  const { config, policy } = shippedConfiguration();
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  if (given.once) return await playOnce({ config, policy, log, print });
  const code = await playLive({
    ...{ config, policy, log, port: Number(given.port) },
    broker: given.broker ?? null,
    keep: given.keep ?? null,
    show: !given['no-show'],
  });
  // What has not come to an end by now is left behind.
  process.exit(code);
}

const options = {
  once: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  port: { type: 'string', default: '8080' },
  broker: { type: 'string' },
  keep: { type: 'string' },
  'no-show': { type: 'boolean', default: false },
  'log-level': { type: 'string', default: 'silent' },
} as const;

interface Given {
  readonly once: boolean;
  readonly help: boolean;
  readonly port: string;
  readonly broker?: string | undefined;
  readonly keep?: string | undefined;
  readonly 'no-show': boolean;
  readonly 'log-level': string;
}

function parse(words: string[]): Given | null {
  try {
    const { values } = parseArgs({ args: words, options });
    if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535)
      throw new Error(`--port must be 0 to 65535, not ${values.port}`);
    if (values.broker !== undefined && isSecureBroker(values.broker) !== false)
      throw new Error(`--broker must be mqtt://host:port, not ${values.broker}`);
    if (!levels.includes(values['log-level']))
      throw new Error(`--log-level must be one of ${levels.join(', ')}`);
    return values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n${usage}`);
    return null;
  }
}

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

process.exitCode = await main(process.argv.slice(2));
