/**
 * Runs on the board: starts a relay's program, kills it at a planned moment, and again, while a recorder
 * looks at the far side of its line. Prints the record as one JSON object at the end; the test judges.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { monotonicNowMs, systemScheduler } from '../../hardware/linux/clock.js';
import { relayLimits } from '../../hardware/ports.js';
import { random } from '../../hardware/simulated/random.js';
import { drive, sense } from './gpio-sim.js';
import type { Recorded } from './level-recorder.js';
import { type KillRecord, type Life, type PlannedLife, planLives } from './relay-kills.js';
import { offsets } from './relay-kills-lines.js';
import type { VictimAnswer, VictimCommand } from './relay-kills-victim.js';

export interface KillOptions {
  readonly seed: number;
  /** how often it is killed */
  readonly kills: number;
  /** how long the event loop stands still in mid-pulse */
  readonly blockMs: number;
}

/** What is printed. */
export interface KillRecords {
  /** the relay's program: all kills, and once its event loop stood still */
  readonly killed: KillRecord;
  /** the relay's program for a turnstile that wants a level: its event loop stood still */
  readonly level: KillRecord;
  /** one that times its pulse on the event loop that stands still */
  readonly careless: KillRecord;
}

const options = JSON.parse(process.argv[2] ?? '') as KillOptions;
/** How often a program is asked for a pulse in which it is to be killed. */
const asksMax = 8;
const scheduler = systemScheduler();
const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => void scheduler.at(monotonicNowMs() + ms, resolve));
const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const recorded: Recorded[] = [];
const recorder = startRecorder();
let standby = victim();
const dice = random(options.seed);
const lives: Life[] = [];
for (const planned of planLives(dice, options.kills)) lives.push(await live(planned, false));
const blocked: PlannedLife = {
  phase: 'blocked',
  mode: 'pulse',
  durationMs: 60_000,
  killAfterMs: 0,
};
lives.push(await live(blocked, false));
const killed = await recordOf(lives);
const level = await recordOf([await live({ ...blocked, mode: 'level' }, false)]);
const careless = await recordOf([await live(blocked, true)]);
standby.process.kill('SIGKILL');
recorder.kill('SIGKILL');
const records: KillRecords = { killed, level, careless };
writeSync(1, `${JSON.stringify(records)}\n`);

/** The relay's program at work. The next one is being started meanwhile, as far as it may be. */
async function live(planned: PlannedLife, careless: boolean): Promise<Life> {
  const { phase, mode, durationMs, killAfterMs } = planned;
  const { process: program, tell, until } = standby;
  await until('imported');
  let readyMs: number | null = null;
  let askedMs: number | null = null;
  let asks = 0;
  const ask = (): void => {
    asks += 1;
    tell({ say: 'pulse', id: asks, durationMs });
  };
  const openedMs = monotonicNowMs();
  tell({ say: 'open', mode, careless });
  if (phase === 'start') await sleep(killAfterMs);
  else {
    await until('status');
    readyMs = monotonicNowMs();
    // What an earlier owner has left on was left on by it alone.
    drive(offsets.grant, false);
  }
  standby = victim();
  if (readyMs !== null && phase !== 'rest') {
    askedMs = monotonicNowMs();
    ask();
    if (phase !== 'asked') await until('pulse-started');
  }
  if (phase === 'after') {
    await until('pulse-ended');
    ask();
  }
  if (phase === 'blocked') {
    tell({ say: 'block', forMs: options.blockMs });
    await until('unblocked');
  } else if (phase !== 'start') await sleep(killAfterMs);
  if (phase === 'pulse' || phase === 'kept') {
    // A late board has missed it: once more, and sooner.
    for (let waitMs = killAfterMs / 2; !sense(offsets.grant) && asks < asksMax; waitMs /= 2) {
      await until('pulse-ended', asks);
      await sleep(relayLimits.pulseIntervalMsMin);
      ask();
      await until('pulse-started', asks);
      await sleep(waitMs);
    }
  }
  const died = phase === 'kept' ? await killAndKeep(program) : kill(program);
  await exited(program);
  return { ...planned, openedMs, readyMs, askedMs, asks, ...died };
}

type Death = Pick<Life, 'killedMs' | 'deadMs'>;

function kill(program: ChildProcess): Death {
  const killedMs = monotonicNowMs();
  program.kill('SIGKILL');
  return { killedMs, deadMs: monotonicNowMs() };
}

/**
 * As on a kernel that leaves an output as it was when its owner dies: the pull that it falls back to is
 * the level that it has. Between looking and killing nothing may move, so that it is stopped for it.
 */
async function killAndKeep(program: ChildProcess): Promise<Death> {
  const killedMs = monotonicNowMs();
  program.kill('SIGSTOP');
  while (!isStopped(program)) await sleep(1);
  const deadMs = monotonicNowMs();
  if (sense(offsets.grant)) drive(offsets.grant, true);
  program.kill('SIGKILL');
  return { killedMs, deadMs };
}

/** Each of its threads. */
function isStopped({ pid }: ChildProcess): boolean {
  return readdirSync(`/proc/${pid}/task`).every((thread) =>
    / T [^)]*$/.test(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'latin1')),
  );
}

async function exited(program: ChildProcess): Promise<void> {
  if (program.exitCode !== null || program.signalCode !== null) return;
  await new Promise((resolve) => void program.once('exit', resolve));
}

function victim() {
  const program = spawn(process.execPath, [pathOf('./relay-kills-victim.js')], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const said: string[] = [];
  let wake = (): void => {};
  program.on('message', (answer: VictimAnswer) => {
    said.push(answer.type === 'status' ? `status ${answer.status}` : answer.type);
    wake();
  });
  program.once('exit', () => wake());
  return {
    process: program,
    tell: (command: VictimCommand): void => void program.send(command),
    /** It has said this word so many times; `status` means that it has its lines. */
    async until(type: VictimAnswer['type'], times = 1): Promise<void> {
      const word = type === 'status' ? 'status ok' : type;
      while (said.filter((it) => it === word).length < times) {
        if (program.exitCode !== null) throw new Error(`ended before ${word}: ${said.join()}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

function startRecorder(): ChildProcess {
  const words = [pathOf('./level-recorder.js'), `${offsets.grant}`];
  const program = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  let rest = '';
  program.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) recorded.push(JSON.parse(part) as Recorded);
  });
  return program;
}

/** What was seen in these lives, and for as long as a pulse may last after the last of them. */
async function recordOf(those: readonly Life[]): Promise<KillRecord> {
  await sleep(2 * relayLimits.pulseMsMax);
  const fromMs = those[0]?.openedMs ?? 0;
  const edges = recorded.flatMap((it) => (it.saw === 'edge' && it.atMs >= fromMs ? [it] : []));
  const gaps = recorded.flatMap((it) => (it.saw === 'nothing' && it.toMs > fromMs ? [it] : []));
  return { lives: those, edges, gaps, endMs: monotonicNowMs() };
}
