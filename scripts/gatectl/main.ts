#!/usr/bin/env node
/** The program `gatectl`: joins `runGatectl` to the process, and nothing else. */
import { once } from 'node:events';
import { askUnseen } from './ask-terminal.js';
import { runGatectl } from './run.js';

/** As a shell tells of SIGINT. */
const stoppedCode = 130;

// Whoever reads us may stop early (`gatectl … | head`); that is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 1 : 2);
});

process.exitCode = await runGatectl(process.argv.slice(2), {
  stdin: process.stdin,
  async out(text) {
    if (!process.stdout.write(text)) await once(process.stdout, 'drain');
  },
  err(text) {
    process.stderr.write(text);
  },
  isTerminal: process.stdout.isTTY === true,
  isErrTerminal: process.stderr.isTTY === true,
  ask: askUnseen,
  whenStopped(words) {
    const end = (): void => {
      // Behind the ^C that a terminal shows.
      process.stderr.write(process.stderr.isTTY === true ? `\n${words}` : words);
      process.exit(stoppedCode);
    };
    process.once('SIGINT', end);
    return () => void process.removeListener('SIGINT', end);
  },
});
