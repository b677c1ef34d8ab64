/**
 * The virtual board's kernel as the tests find it, made before them by `kernel/make.mjs`; and whether
 * it runs here at all. Where it does not, the tests of the board are skipped and say why.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Takes a path relative to the checkout; tests run from dist/, the rig's own files stand beside. */
export function inCheckout(path: string): string {
  return fileURLToPath(new URL(`../../../${path}`, import.meta.url));
}

/** The kernel, a program of the host's. */
export const kernelPath: string = inCheckout('.cache/board/linux');

/** Tools for file systems stand where a plain user's path does not lead. */
export const withSystemPath: NodeJS.ProcessEnv = {
  ...process.env,
  PATH: `${process.env['PATH']}:/usr/sbin:/sbin`,
};

const problem = findProblem();
/** In CI a board that cannot run fails. */
export const canRun: boolean = problem === null || process.env['GATE_KIOSK_NO_SKIP'] === '1';
export const why: string = problem === null ? '' : ` (skipped: ${problem})`;

function findProblem(): string | null {
  // The kernel takes its words as one line, cut at the spaces.
  if (/[\s,]/.test(inCheckout('') + tmpdir())) return 'a space or comma in a path';
  if (!existsSync(kernelPath) || !isOfTheseOptions())
    return 'no kernel; node test/board/kernel/make.mjs says what it needs';
  for (const tool of ['mkfs.ext4', 'dmsetup'])
    if (spawnSync(tool, ['--version'], { env: withSystemPath }).error !== undefined)
      return `no ${tool}; apt-get install e2fsprogs dmsetup`;
  // What it may not do here (ptrace, executable memory) it finds out before it starts.
  const { status } = spawnSync(kernelPath, ['--version'], { stdio: 'ignore', timeout: 10_000 });
  return status === 0 ? null : 'its kernel cannot be started here';
}

function isOfTheseOptions(): boolean {
  const made = inCheckout('.cache/board/uml.config');
  const wanted = inCheckout('test/board/kernel/uml.config');
  return existsSync(made) && readFileSync(made, 'utf8') === readFileSync(wanted, 'utf8');
}
