/**
 * Opens damaged journals one after the other: `node damage-child.js FOLDER SEED FIRST COUNT`. Says on
 * stdout which case it begins with, so that one it dies of is known, and in the end what came of them.
 */
import { mkdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { random } from '../../hardware/simulated/random.js';
import { judgeDamage, type Outcome } from './damage-judge.js';
import { damageKinds } from './damage-kinds.js';
import { loadHistory } from './history.js';

/** A line of the child: the case it begins, a promise that is broken, or its sums. */
export type DamageSaid =
  | { readonly said: 'begins'; readonly case: number }
  | {
      readonly said: 'broken';
      readonly case: number;
      readonly kind: string;
      readonly detail: string;
    }
  | {
      readonly said: 'sums';
      readonly sums: readonly [kind: string, outcome: Outcome, count: number][];
    };

const [folder = '', seed = '', first = '', count = ''] = process.argv.slice(2);
const history = loadHistory(folder);
const own = join(folder, `from-${first}`);
mkdirSync(own);
const file = join(own, 'case', 'journal.db');
const fitting = damageKinds.map((kind) =>
  history.moments.filter((moment) => kind.damage(moment, random(0)) !== null),
);
const sums = new Map<string, number>();
const say = (line: DamageSaid): void => void writeSync(1, `${JSON.stringify(line)}\n`);

for (let number = Number(first); number < Number(first) + Number(count); number += 1) {
  const dice = random(Number(seed) + number);
  const kind = damageKinds[number % damageKinds.length];
  const moments = fitting[number % damageKinds.length] ?? [];
  const moment = moments[dice.int(moments.length)];
  if (kind === undefined || moment === undefined) throw new Error('no such damage');
  const files = kind.damage(moment, dice);
  if (files === null) throw new Error('no such damage');
  say({ said: 'begins', case: number });
  const truth = { ...moment, hashes: history.hashes, isUnsynced: kind.isUnsynced };
  const verdict = judgeDamage(file, files, truth);
  const { detail } = verdict;
  const { name } = kind;
  if (!verdict.ok) say({ said: 'broken', case: number, kind: name, detail });
  else {
    const key = JSON.stringify([name, verdict.outcome]);
    sums.set(key, (sums.get(key) ?? 0) + 1);
  }
}
const all = [...sums].map(([key, sum]) => {
  const [name, outcome] = JSON.parse(key) as [string, Outcome];
  return [name, outcome, sum] as [string, Outcome, number];
});
say({ said: 'sums', sums: all });
rmSync(own, { recursive: true });
