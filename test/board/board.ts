/**
 * A board in a process: a User Mode Linux kernel with real kernel interfaces, whose power a test can
 * cut at any moment. What the kernel had not written to its disks is lost then, as on a real board;
 * what it had written is in the disks' files, for the next board that is given them.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { monotonicNowMs, systemScheduler } from '../../hardware/linux/clock.js';
import { inCheckout, kernelPath, withSystemPath } from './kernel.js';

export interface BoardOptions {
  /** files: `/dev/ubda`, `/dev/ubdb` … on the board */
  readonly disks?: readonly string[];
  /** of the host, which the board can write, at the same paths */
  readonly folders?: readonly string[];
  /** when the board is taken for stuck, and ended */
  readonly timeLimitSeconds: number;
  /** called with each whole line that the command prints, as it comes */
  readonly onLine?: (line: string, board: Board) => void;
}

export interface Board {
  /** Ends the whole kernel at once. */
  cutPower(): void;
  readonly ended: Promise<BoardEnd>;
}

export interface BoardEnd {
  /** the command's exit code; null: the power was cut before, or the board died */
  readonly code: number | null;
  readonly wasCut: boolean;
  /** the last that the kernel and the command's stderr have said, for the message of a failed test */
  readonly console: string;
}

const memoryMib = 384;
const consoleLengthMax = 10_000;

/**
 * Starts a board that runs one command.
 * @param command for `sh`; as root of the board, with the host's files to read. What it prints comes
 *   to `onLine`
 * @param options see `BoardOptions`
 * @returns the board; it ends with its command, with its power or at its time limit
 */
export function startBoard(command: string, options: BoardOptions): Board {
  const { disks = [], folders = [], onLine } = options;
  const control = mkdtempSync(join(tmpdir(), 'board-'));
  writeFileSync(join(control, 'command'), command);
  writeFileSync(join(control, 'folders'), folders.map((folder) => `${folder}\n`).join(''));
  const words = [
    `mem=${memoryMib}M`,
    ...['root=/dev/root', 'rootfstype=hostfs', 'rootflags=/', 'ro', 'quiet', 'panic=-1'],
    ...['con=null', 'con0=null,fd:1', 'ssl=null', 'ssl0=null,fd:3', 'ssl1=null,fd:4'],
    ...[`uml_dir=${control}/`, 'umid=board'],
    ...disks.map((file, index) => `ubd${index}=${file}`),
    // As distributions' kernels have it; loop devices need it, and marks beside a file system.
    'bdev_allow_write_mounted=1',
    // Sockets of the USB that is looped back.
    'dummy_hcd.num=2',
    // What follows the dashes are words for the first process.
    ...[`board=${control}`, 'init=/bin/sh', '--', inCheckout('test/board/init.sh')],
  ];
  const kernel = spawn(kernelPath, words, {
    // Of a group of its own: the kernel has a process of the host's for each memory of its own.
    detached: true,
    env: { ...withSystemPath, TMPDIR: memoryFolder() },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
  });

  // No board outlives a test that is ended itself: its end of this pipe goes with it.
  const guard = spawn('sh', ['-c', 'read -r _ || kill -KILL "-$0"', `${kernel.pid}`], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });

  let said = '';
  for (const index of [1, 2])
    outputOf(kernel, index).on('data', (text: string) => {
      said = (said + text).slice(-consoleLengthMax);
    });
  let code: number | null = null;
  let wasCut = false;
  const end = (): void => {
    if (kernel.pid !== undefined && kernel.exitCode === null && kernel.signalCode === null)
      process.kill(-kernel.pid, 'SIGKILL');
  };
  const cancelLimit = systemScheduler().at(
    monotonicNowMs() + options.timeLimitSeconds * 1_000,
    end,
  );
  const board: Board = {
    cutPower() {
      wasCut = true;
      end();
    },
    ended: new Promise((resolve, reject) => {
      kernel.once('error', reject);
      kernel.once('close', () => {
        cancelLimit();
        guard.kill('SIGKILL');
        rmSync(control, { recursive: true, force: true });
        resolve({ code, wasCut: wasCut && code === null, console: said });
      });
    }),
  };
  serialLine(kernel, 3, (line) => onLine?.(line, board));
  serialLine(kernel, 4, (line) => {
    code = Number(line);
    end();
  });
  return board;
}

/** Runs a command on a board to its end; see `startBoard`. */
export async function runOnBoard(command: string, options: BoardOptions): Promise<BoardEnd> {
  return await startBoard(command, options).ended;
}

/** What is left of a line when the power goes is none. */
function serialLine(kernel: ChildProcess, index: number, take: (line: string) => void): void {
  let rest = '';
  outputOf(kernel, index).on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  });
}

function outputOf(kernel: ChildProcess, index: number): Readable {
  return (kernel.stdio[index] as Readable).setEncoding('utf8');
}

/** The board's memory is a file: in memory where there is room for it, as in most containers not. */
function memoryFolder(): string {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    if (bavail * bsize > 2 * memoryMib * 1024 * 1024) return '/dev/shm';
  } catch {
    // There is none.
  }
  return tmpdir();
}
