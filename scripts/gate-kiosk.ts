#!/usr/bin/env node
/** The daemon's command line. Thin: what it does is in `kiosk/daemon`. */
import { parseArgs } from 'node:util';
import { exitCodes } from '../kiosk/daemon/exit-codes.js';
import { runGate } from '../kiosk/daemon/run.js';

const usage = `Usage: gate-kiosk run --config FILE [--log-level LEVEL]

Runs one gate on the devices that FILE names (see config/kiosk.example.json) until SIGTERM.
The log goes to standard error as JSON lines; LEVEL is one of trace debug info warn error (info).

Exit codes: 0 ended by SIGTERM or SIGINT
            1 cannot start (journal, state directory, port): the message says what to do
            2 wrong usage or configuration: every problem is listed with its place
           70 a law was broken or the program has a fault: the relay is off, start the gate again
           71 a part of the process is gone: the relay is off, start the gate again
     130, 143 ended at once by a second SIGINT or SIGTERM
`;
const levels = ['trace', 'debug', 'info', 'warn', 'error'];

type Asked =
  | { readonly is: 'run'; readonly configPath: string; readonly logLevel: string }
  | { readonly is: 'help' }
  | { readonly is: 'wrong'; readonly why: string };

function read(words: string[]): Asked {
  let given: ReturnType<typeof parse>;
  try {
    given = parse(words);
  } catch (error) {
    return { is: 'wrong', why: error instanceof Error ? error.message : String(error) };
  }
  const { values, positionals } = given;
  if (values.help) return { is: 'help' };
  if (positionals.length !== 1 || positionals[0] !== 'run')
    return { is: 'wrong', why: `no such command: ${positionals.join(' ') || '(none)'}` };
  if (!values.config) return { is: 'wrong', why: '--config FILE is needed' };
  const logLevel = values['log-level'];
  if (!levels.includes(logLevel)) return { is: 'wrong', why: `no such level: ${logLevel}` };
  return { is: 'run', configPath: values.config, logLevel };
}

function parse(args: string[]) {
  return parseArgs({
    args,
    allowPositionals: true,
    options: {
      config: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
      'log-level': { type: 'string', default: 'info' },
    },
  });
}

async function main(words: string[]): Promise<number> {
  const tell = (line: string): void => void process.stderr.write(`gate-kiosk: ${line}\n`);
  const asked = read(words);
  switch (asked.is) {
    case 'help':
      process.stdout.write(usage);
      return exitCodes.fine;
    case 'wrong':
      tell(asked.why);
      process.stderr.write(usage);
      return exitCodes.wrongConfiguration;
    case 'run':
      return await runGate({ ...asked, tell });
  }
}

// A gate does not end because nobody reads what it says.
process.stderr.on('error', () => {});
// Not `exitCode`: what did not close in time must not keep an ended gate's process.
process.exit(await main(process.argv.slice(2)));
