#!/usr/bin/env node
/** The daemon's command line. Thin: what it does is in `kiosk/daemon`. */
import { parseArgs } from 'node:util';
import { exitCodes, runGate } from '../kiosk/daemon/run.js';

const usage = `gate-kiosk run --config FILE [--log-level LEVEL]

Runs one gate on the devices that FILE names (see config/kiosk.example.json) until SIGTERM.
The log goes to standard error as JSON lines; LEVEL is one of trace debug info warn error (info).
Exit codes: 0 ended by a signal, 1 cannot start, 2 wrong usage or configuration, 70 a law was broken.
`;

async function main(words: string[]): Promise<number> {
  const tell = (line: string): void => void process.stderr.write(`gate-kiosk: ${line}\n`);
  try {
    const { values, positionals } = parseArgs({
      args: words,
      allowPositionals: true,
      options: {
        config: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
        'log-level': { type: 'string', default: 'info' },
      },
    });
    if (values.help) {
      process.stdout.write(usage);
      return exitCodes.fine;
    }
    if (positionals.length !== 1 || positionals[0] !== 'run')
      throw new Error(`no such command: ${positionals.join(' ') || '(none)'}`);
    if (values.config === undefined) throw new Error('--config FILE is needed');
    if (!['trace', 'debug', 'info', 'warn', 'error'].includes(values['log-level']))
      throw new Error(`no such level: ${values['log-level']}`);
    return await runGate({ configPath: values.config, logLevel: values['log-level'], tell });
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error));
    process.stderr.write(usage);
    return exitCodes.wrongConfiguration;
  }
}

process.exitCode = await main(process.argv.slice(2));
