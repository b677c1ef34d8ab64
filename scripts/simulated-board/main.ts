#!/usr/bin/env node
/** The simulated board: `--once` plays the scripted day, otherwise one gate runs until Ctrl-C. */
import { openLog } from '../../kiosk/log.js';
import { readGiven, usage } from './given.js';
import { playLive } from './live.js';
import { playOnce } from './once.js';
import { shippedConfiguration } from './shipped.js';

async function main(words: string[]): Promise<number> {
  const read = readGiven(words);
  if (!read.ok) {
    process.stderr.write(`${read.why}\n${usage}`);
    return 2;
  }
  const { once, help, logLevel, ...asked } = read.given;
  if (help) {
    process.stdout.write(usage);
    return 0;
  }
  const log = openLog({ level: logLevel });
  const { config, policy } = shippedConfiguration();
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  if (once) return await playOnce({ config, policy, log, print });
  const code = await playLive({ config, policy, log, ...asked });
  // What has not come to an end by now is left behind.
  process.exit(code);
}

process.exitCode = await main(process.argv.slice(2));
