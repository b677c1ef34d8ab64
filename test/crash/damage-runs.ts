/** Damages a real journal's files in many ways, and lets processes of their own open what is left. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { random } from '../../hardware/simulated/random.js';
import type { DamageSaid } from './damage-child.js';
import type { Outcome } from './damage-judge.js';
import { type History, saveHistory, writeHistory } from './history.js';
import { scratchFolder } from './scratch.js';

const child = fileURLToPath(new URL('./damage-child.js', import.meta.url));
/** In one process: a start costs as much as some dozens. */
const casesPerChild = 2_000;

export interface DamageFigures {
  /** by kind of damage, how often each came of it */
  readonly byKind: ReadonlyMap<string, ReadonlyMap<Outcome, number>>;
  /** in words, with the case */
  readonly faults: readonly string[];
  readonly cases: number;
}

export interface DamageOptions {
  readonly seed: number;
  readonly cases: number;
  /** processes at the same time */
  readonly lanes: number;
  progress?(cases: number, faults: readonly string[]): void;
}

/** @returns figures, and what is broken: nothing, where all is well */
export async function damageJournals(options: DamageOptions): Promise<DamageFigures> {
  const { seed, cases, lanes } = options;
  const folder = scratchFolder('damage-');
  const byKind = new Map<string, Map<Outcome, number>>();
  const faults: string[] = [];
  let started = 0;
  let done = 0;
  const lane = async (): Promise<void> => {
    while (started < cases) {
      const first = started;
      const count = Math.min(Math.ceil(cases / lanes), casesPerChild, cases - first);
      started += count;
      const lines = await runChild([folder, `${seed}`, `${first}`, `${count}`]);
      for (const line of lines) note(line);
      const last = lines.at(-1);
      if (last?.said !== 'sums') faults.push(`the process died of ${JSON.stringify(last)}`);
      done += count;
      options.progress?.(done, faults);
    }
  };
  const note = (line: DamageSaid): void => {
    if (line.said === 'broken') faults.push(`${line.kind}, case ${line.case}: ${line.detail}`);
    if (line.said !== 'sums') return;
    for (const [kind, outcome, count] of line.sums) {
      const sums = byKind.get(kind) ?? new Map<Outcome, number>();
      sums.set(outcome, (sums.get(outcome) ?? 0) + count);
      byKind.set(kind, sums);
    }
  };
  try {
    saveHistory(folder, historyOf(folder, seed));
    await Promise.all(Array.from({ length: lanes }, lane));
    return { byKind, faults, cases: done };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @returns a new history; its records are those of the seed, the salts of its log are SQLite's own */
function historyOf(folder: string, seed: number): History {
  return writeHistory(join(folder, 'history'), random(seed));
}

/** @returns what it said: of its beginnings the last alone, and that only where it said no more */
async function runChild(words: readonly string[]): Promise<readonly DamageSaid[]> {
  const own = spawn(process.execPath, [child, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(own, 'close');
  const lines: DamageSaid[] = [];
  for await (const text of createInterface({ input: own.stdout })) {
    const line = JSON.parse(text) as DamageSaid;
    if (lines.at(-1)?.said === 'begins') lines.pop();
    lines.push(line);
  }
  await ended;
  return lines;
}
