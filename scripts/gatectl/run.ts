/** From gatectl's arguments to a command, its help, or a usage error: everything but the process. */
import { brokerCommand } from './broker.js';
import { collectCommand } from './collect.js';
import { type Command, type ExitCode, type Streams, UsageError } from './command.js';
import { configCommand } from './config.js';
import { enrolCommand } from './enrol.js';
import { fleetCommand } from './fleet.js';
import { helpOf } from './help.js';
import { inspectCommand } from './inspect.js';
import { issueCommand } from './issue.js';
import { journalCommand } from './journal.js';
import { keysCommand } from './keys.js';
import { policyCommand } from './policy.js';
import { replayCommand } from './replay.js';
import { revokeCommand } from './revoke.js';

const commands: ReadonlyMap<string, Command> = new Map([
  ['keys', keysCommand],
  ['enrol', enrolCommand],
  ['issue', issueCommand],
  ['inspect', inspectCommand],
  ['policy', policyCommand],
  ['config', configCommand],
  ['revoke', revokeCommand],
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
    streams.err(`gatectl ${name}: ${error.message}\nTry: gatectl ${name} --help\n`);
    return 2;
  }
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).some((word) => word === '--help' || word === '-h');
}

function overview(): string {
  const lines = [...commands].map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`);
  return `Usage: gatectl COMMAND …   (gatectl COMMAND --help says more)\n\n${lines.join('\n')}\n`;
}
