/** What the long run and its short one share: whose seed it is, and how figures are shown. */
import { randomInt } from 'node:crypto';
import { damageKinds } from './damage-kinds.js';
import type { DamageFigures } from './damage-runs.js';
import type { KillFigures } from './kill-runs.js';
import { labels } from './labels.js';

/** Whether this is `npm run test:crash` and not `npm test`. */
export const isLong = process.env['GATE_KIOSK_LONG'] === '1';

/** @returns the seed that was asked for by CRASH_SEED, or a new one */
export function newSeed(): number {
  const asked = process.env['CRASH_SEED'];
  return asked === undefined ? randomInt(2 ** 31) : Number(asked);
}

/** @returns a table, the first column to the left; an empty line after it */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const widths = rows.reduce<readonly number[]>(
    (widest, row) => row.map((cell, index) => Math.max(widest[index] ?? 0, `${cell}`.length)),
    [],
  );
  const lines = rows.map((row) =>
    row
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        return index === 0 ? `${cell}`.padEnd(width) : `${cell}`.padStart(width);
      })
      .join('  '),
  );
  return `${lines.join('\n')}\n\n`;
}

/** @returns one line a label */
export function killTable(seed: number, figures: KillFigures): string {
  const { byLabel, kills, recordCount, passages, faults } = figures;
  const rows = [...labels, 'after the last step' as const].flatMap((label) => {
    const own = byLabel.get(label);
    return own === undefined ? [] : [[label, own.kills, own.clean, own.uncertain, own.opened]];
  });
  const head = ['killed at', 'kills', 'clean', 'uncertain', 'opened'];
  const all = `${kills} kills, ${recordCount} records, ${passages} passages`;
  return `seed ${seed}: ${all}, ${faults.length} promises broken\n${table([head, ...rows])}`;
}

const outcomes = ['whole', 'cut', 'aside', 'refused', 'found', 'uses'] as const;

/** @returns one line a kind of damage */
export function damageTable(seed: number, { byKind, cases, faults }: DamageFigures): string {
  const rows = damageKinds.map(({ name }) => [
    name,
    ...outcomes.map((outcome) => byKind.get(name)?.get(outcome) ?? 0),
  ]);
  const all = `${cases} damaged journals, ${faults.length} promises broken`;
  return `seed ${seed}: ${all}\n${table([['damaged by', ...outcomes], ...rows])}`;
}
