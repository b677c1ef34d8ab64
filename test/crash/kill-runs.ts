/**
 * Kills gates, and judges what they have left: lives of one lane each, started again and again on the
 * same folder, killed each time at another step. What breaks a promise is told with its plan.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Random, random } from '../../hardware/simulated/random.js';
import type { Head } from '../../kiosk/journal/chain.js';
import { gateSettings } from '../../kiosk/settings/gate-settings.js';
import { shippedConfiguration } from '../../scripts/simulated-board/shipped.js';
import { type Fault, judge } from './judge.js';
import { type ChildPlan, type Label, labels, type Sabotage, type Said } from './labels.js';
import type { Observed, SeenEdge, SeenPassage } from './observed.js';
import { scratchFolder } from './scratch.js';
import { names } from './stage.js';

const child = fileURLToPath(new URL('./gate-child.js', import.meta.url));
/** Long enough that restarts meet all that earlier ones have left, short enough to be read each time. */
const runsPerLife = 40;
/** Each thread may be anywhere in what a label has begun. */
const usualDelayUs = 2_000;
const delaysUs: Readonly<Partial<Record<Label, number>>> = {
  // A thread that starts, opens a database and settles what is open in it.
  'journal opening': 90_000,
  'grant written, not synced': 5_000,
  'end written, not synced': 5_000,
  'checkpoint under way': 4_000,
  'journal closing': 6_000,
};
/** What comes with each record comes so often; everything else once a person, or once. */
const reportsPerPerson = 6;
const reports: readonly Label[] = [
  'page asked',
  'page read',
  'batch asked',
  'batch sent',
  'receipt signed',
  'receipt heard',
  'release asked',
  'release under way',
  'release kept',
];
const single: readonly Label[] = ['journal opening', 'checkpoint under way', 'journal closing'];

/** What happened at one label. */
interface LabelFigures {
  kills: number;
  /** after which every promise was kept */
  clean: number;
  /** after which the guard had to decide about a ticket */
  uncertain: number;
  /** the relay had moved in the run that was killed */
  opened: number;
}

export interface KillFigures {
  readonly byLabel: ReadonlyMap<Label | 'after the last step', LabelFigures>;
  /** in words, with what makes each again */
  readonly faults: readonly string[];
  readonly kills: number;
  readonly passages: number;
  readonly recordCount: number;
}

export interface KillOptions {
  readonly seed: number;
  /** at least so many at each label; those that come too late for it are done again */
  readonly perLabel: number;
  /** lives at the same time */
  readonly lanes: number;
  /** told now and then, in a long run: how many, and what is broken so far */
  progress?(kills: number, faults: readonly string[]): void;
}

/**
 * Kills gates until each label has been come to often enough.
 * @returns figures, and what is broken: nothing, where all is well
 */
export async function killGates(options: KillOptions): Promise<KillFigures> {
  const { seed, perLabel, lanes } = options;
  const byLabel = new Map<Label | 'after the last step', LabelFigures>();
  const faults: string[] = [];
  /** at each label: those that came to it, and those under way */
  const tries = new Map<Label, number>(labels.map((label) => [label, 0]));
  let done = 0;
  let lives = 0;
  let passages = 0;
  let recordCount = 0;

  const live = async (): Promise<void> => {
    lives += 1;
    const own = lifeOf(seed + lives);
    try {
      for (let run = 1; run <= runsPerLife; run += 1) {
        const label = rarest(tries);
        if ((tries.get(label) ?? 0) >= perLabel) return;
        tries.set(label, (tries.get(label) ?? 0) + 1);
        const plan = own.plan(run, label);
        const killed = await own.run(plan);
        if (!killed.hasCome) tries.set(label, (tries.get(label) ?? 0) - 1);
        const figures = entryOf(byLabel, killed.hasCome ? plan.label : 'after the last step');
        figures.kills += 1;
        if (killed.faults.length === 0) figures.clean += 1;
        if (killed.uncertainCount > 0) figures.uncertain += 1;
        if (killed.hasOpened) figures.opened += 1;
        for (const { name, detail } of killed.faults)
          faults.push(`${name}: ${detail} (${JSON.stringify(plan)})`);
        recordCount += killed.newRecords;
        done += 1;
        if (done % progressKills === 0) options.progress?.(done, faults);
      }
    } finally {
      passages += own.observed.passages.length;
      own.remove();
    }
  };
  const lane = async (): Promise<void> => {
    while ((tries.get(rarest(tries)) ?? 0) < perLabel) await live();
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return { byLabel, faults, kills: done, passages, recordCount };
}

const progressKills = 500;

function rarest(tries: ReadonlyMap<Label, number>): Label {
  return labels.reduce((least, label) =>
    (tries.get(label) ?? 0) < (tries.get(least) ?? 0) ? label : least,
  );
}

interface Killed {
  readonly hasCome: boolean;
  readonly faults: readonly Fault[];
  readonly uncertainCount: number;
  readonly hasOpened: boolean;
  readonly newRecords: number;
}

/** One lane with its folder, and what has been seen of it. */
export function lifeOf(seed: number) {
  const folder = scratchFolder('crash-');
  const file = join(folder, 'journal.db');
  const setup = join(folder, 'setup.json');
  writeFileSync(setup, setupText());
  const dice = random(seed);
  const acknowledged: Head[] = [];
  const edges: SeenEdge[] = [];
  const passages: SeenPassage[] = [];
  const receipts: Head[] = [];
  const observed: Observed = { acknowledged, edges, passages, receipts };
  let recordCount = 0;
  /** of a journal that is not there yet, too, no run was cut short */
  let mayHaveEnded = true;

  const hear = (line: Said): void => {
    if (line.said === 'acknowledged') acknowledged.push({ seq: line.seq, hash: line.hash });
    if (line.said === 'receipt') receipts.push({ seq: line.seq, hash: line.hash });
    if (line.said === 'edge') edges.push({ bootId: line.bootId, attempt: line.attempt });
    if (line.said === 'walked') passages.push({ ticket: line.ticket });
  };
  return {
    file,
    observed,
    plan: (run: number, label: Label, sabotage: Sabotage = 'none'): ChildPlan => ({
      ...chosen(dice, label),
      seed,
      run,
      label,
      received: receipts.at(-1) ?? { seq: 0, hash: '0'.repeat(64) },
      sabotage,
    }),
    /** Starts a gate, lets it die, and judges. @throws where it ends in any other way */
    async run(plan: ChildPlan): Promise<Killed> {
      const edgesBefore = edges.length;
      const lines = await runChild([file, JSON.stringify(plan), setup]);
      for (const line of lines) hear(line);
      const { label } = plan;
      // A start that came to nothing leaves the mark of the end before it.
      mayHaveEnded = label === 'journal closing' || (mayHaveEnded && label === 'journal opening');
      const verdict = judge(file, observed, mayHaveEnded);
      const newRecords = verdict.recordCount - recordCount;
      recordCount = verdict.recordCount;
      return {
        hasCome: lines.at(-1)?.said === 'dies',
        faults: verdict.faults,
        uncertainCount: verdict.uncertainCount,
        hasOpened: edges.length > edgesBefore,
        newRecords,
      };
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

type Chosen = Pick<ChildPlan, 'occurrence' | 'delayUs' | 'people' | 'isAgain' | 'isLazy'>;

function chosen(dice: Random, label: Label): Chosen {
  const people = 1 + dice.int(2);
  const comings = single.includes(label)
    ? 1
    : people * (reports.includes(label) ? reportsPerPerson : 1);
  const delayMax = delaysUs[label] ?? usualDelayUs;
  // Half of them at the very step.
  const delayUs = dice.chance(0.5) && delaysUs[label] === undefined ? 0 : dice.int(delayMax);
  const isAgain = dice.chance(0.3);
  const isLazy = !label.startsWith('arm') && dice.chance(0.25);
  return { occurrence: 1 + dice.int(comings), delayUs, people, isAgain, isLazy };
}

async function runChild(words: readonly string[]): Promise<readonly Said[]> {
  const gate = spawn(process.execPath, [child, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(gate, 'close');
  let told = '';
  gate.stderr.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  const lines: Said[] = [];
  for await (const line of createInterface({ input: gate.stdout }))
    lines.push(JSON.parse(line) as Said);
  const [code, signal] = await ended;
  if (signal !== 'SIGKILL')
    throw new Error(`a gate ended with ${code}: ${words.join(' ')}\n${told}`);
  return lines;
}

function setupText(): string {
  const { config: shipped, policy } = shippedConfiguration();
  const config = { ...shipped, ...names, direction: 'out' as const };
  return JSON.stringify({ config, settings: gateSettings(config, policy) });
}

function entryOf(
  byLabel: Map<Label | 'after the last step', LabelFigures>,
  label: Label | 'after the last step',
): LabelFigures {
  const found = byLabel.get(label) ?? { kills: 0, clean: 0, uncertain: 0, opened: 0 };
  byLabel.set(label, found);
  return found;
}
