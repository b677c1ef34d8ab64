/** From gatectl's arguments to a command, its help, or a usage error: everything but the process. */
import { packageVersion } from '../../kiosk/daemon/package-version.js';
import { brokerCommand } from './broker.js';
import { collectCommand } from './collect.js';
import { printable } from './collect-output.js';
import { type Command, type ExitCode, type Streams, UsageError } from './command.js';
import { configCommand } from './config.js';
import { enrolCommand } from './enrol.js';
import { fleetCommand } from './fleet.js';
import { gateCommand } from './gate-command.js';
import { helpOf } from './help.js';
import { inspectCommand } from './inspect.js';
import { issueCommand } from './issue.js';
import { journalCommand } from './journal.js';
import { keysCommand } from './keys.js';
import { policyCommand } from './policy.js';
import { replayCommand } from './replay.js';
import { revokeCommand } from './revoke.js';
import { timeCommand } from './time.js';

const commands: ReadonlyMap<string, Command> = new Map([
  ['keys', keysCommand],
  ['enrol', enrolCommand],
  ['issue', issueCommand],
  ['inspect', inspectCommand],
  ['policy', policyCommand],
  ['config', configCommand],
  ['revoke', revokeCommand],
  ['command', gateCommand],
  ['time', timeCommand],
  ['fleet', fleetCommand],
  ['broker', brokerCommand],
  ['collect', collectCommand],
  ['journal', journalCommand],
  ['replay', replayCommand],
]);

/** Takes the arguments after the program's name; runs the command and returns its exit code. */
export async function runGatectl(args: readonly string[], streams: Streams): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h') {
    if (name !== undefined) await streams.out(overview());
    else streams.err(overview());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version') {
    await streams.out(`${packageVersion()}\n`);
    return 0;
  }
  const command = commands.get(name);
  if (command === undefined) {
    streams.err(`gatectl: ${name} is no command\n${overview()}`);
    return 2;
  }
  if (asksForHelp(rest)) {
    await streams.out(helpOf(name, rest[0] ?? '', command.help));
    return 0;
  }
  try {
    return await command.run(rest, streams);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    // It may say what stands in a file, or what a gate has sent.
    const words = error.message.split('\n').map(printable).join('\n');
    streams.err(`gatectl ${name}: ${words}\nTry: gatectl ${name} --help\n`);
    return 2;
  }
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).some((word) => word === '--help' || word === '-h');
}

function overview(): string {
  const lines = [...commands].map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`);
  return `Usage: gatectl COMMAND …   (gatectl COMMAND --help says more)\n       gatectl --version\n\n${lines.join('\n')}\n`;
}
