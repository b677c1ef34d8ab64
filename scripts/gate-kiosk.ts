#!/usr/bin/env node
/** The daemon's command line. Thin: what it does is in `kiosk/daemon`. */
import { parseArgs } from 'node:util';
import { exitCodes } from '../kiosk/daemon/exit-codes.js';
import { packageVersion } from '../kiosk/daemon/package-version.js';
import { runGate } from '../kiosk/daemon/run.js';
import { examine } from '../kiosk/doctor/doctor.js';
import { findingsJson, findingsTable, isSound } from '../kiosk/doctor/finding.js';
import { argumentWords } from './argument-words.js';
import { enrolCommand } from './gate-kiosk-enrol.js';

const usage = `Usage: gate-kiosk run --config FILE [--log-level LEVEL]
       gate-kiosk doctor --config FILE [--json]
       gate-kiosk enrol --file FILE [--replace]     (gate-kiosk enrol --help says more)
       gate-kiosk --version

run     Runs one gate on the devices that FILE names (see config/kiosk.example.json) until SIGTERM.
        The log goes to standard error as JSON lines; LEVEL is one of trace debug info warn error (info).
doctor  Looks at configuration, devices, clock, disk, keys, broker, ports and user, also beside a
        running gate: a line for each, with what to do. Opens nothing that moves, lights or sounds.
        Exit code 0: nothing has failed; 1: something has, the configuration included; 2: wrong usage.
enrol   Makes a bare board the gate that FILE, from gatectl enrol, says.

Exit codes of run:
            0 ended by SIGTERM or SIGINT
            1 cannot start (journal, state directory, port): the message says what to do
            2 wrong usage or configuration: every problem is listed with its place
           70 a law was broken or the program has a fault: the relay is off, start the gate again
           71 a part of the process is gone: the relay is off, start the gate again
     130, 143 ended at once by a second SIGINT or SIGTERM
`;
const levels = ['trace', 'debug', 'info', 'warn', 'error'];

type Asked =
  | { readonly is: 'run'; readonly configPath: string; readonly logLevel: string }
  | { readonly is: 'doctor'; readonly configPath: string; readonly json: boolean }
  | { readonly is: 'help' | 'version' }
  | { readonly is: 'wrong'; readonly why: string };

function read(words: string[]): Asked {
  let given: ReturnType<typeof parse>;
  try {
    given = parse(words);
  } catch (error) {
    return { is: 'wrong', why: argumentWords(error) };
  }
  const { values, positionals } = given;
  if (values.help) return { is: 'help' };
  if (values.version) return { is: 'version' };
  const [command] = positionals;
  if (positionals.length !== 1 || (command !== 'run' && command !== 'doctor'))
    return { is: 'wrong', why: `no such command: ${positionals.join(' ') || '(none)'}` };
  if (!values.config) return { is: 'wrong', why: '--config FILE is needed' };
  const logLevel = values['log-level'] ?? 'info';
  if (command === 'doctor') {
    if (values['log-level'] !== undefined)
      return { is: 'wrong', why: '--log-level is for run: the doctor writes no log' };
    return { is: 'doctor', configPath: values.config, json: values.json };
  }
  if (values.json)
    return { is: 'wrong', why: '--json is for doctor: the log of run is JSON anyway' };
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
      json: { type: 'boolean', default: false },
      version: { type: 'boolean', default: false },
      'log-level': { type: 'string' },
    },
  });
}

async function main(words: string[]): Promise<number> {
  const tell = (line: string): void => void process.stderr.write(`gate-kiosk: ${line}\n`);
  if (words[0] === 'enrol') return await enrolCommand(words.slice(1));
  const asked = read(words);
  switch (asked.is) {
    case 'help':
      process.stdout.write(usage);
      return exitCodes.fine;
    case 'version':
      process.stdout.write(`${packageVersion()}\n`);
      return exitCodes.fine;
    case 'wrong':
      tell(asked.why);
      process.stderr.write(usage);
      return exitCodes.wrongConfiguration;
    case 'doctor': {
      const findings = await examine(asked.configPath);
      await print(asked.json ? findingsJson(findings) : findingsTable(findings));
      return isSound(findings) ? exitCodes.fine : exitCodes.cannotStart;
    }
    case 'run':
      return await runGate({ ...asked, tell });
  }
}

/** A pipe takes it later: the process must not end before. */
function print(text: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(text, () => resolve()));
}

// A gate does not end because nobody reads what it says.
process.stderr.on('error', () => {});
// Not `exitCode`: what did not close in time must not keep an ended gate's process.
process.exit(await main(process.argv.slice(2)));
