/** What changes from one policy to another, in words; and how far the long work of asking is. Pure but for the clock. */
import type { PolicyDiff } from '../../kiosk/core/check/policy-diff.js';
import type { Streams } from './command.js';

/** @returns a policy's changes: for whom it decides otherwise, and which members differ */
export function policyDiffWords({ cells, changed, values }: PolicyDiff): string {
  if (values.length === 0) return 'the same\n';
  const count = changed.reduce((sum, group) => sum + group.cells, 0);
  const lines =
    cells === null
      ? ['the two have too much in all to ask for every case']
      : [`${grouped(count)} of ${grouped(cells)} cases are decided otherwise`];
  // First what somebody has changed: what follows from it may be long.
  lines.push('', 'members that differ');
  for (const { place, from, to } of values)
    lines.push(`  ${place}: ${shortened(from)} → ${shortened(to)}`);
  let heading = '';
  for (const { zone, direction, from, to, cells: size, cell } of changed) {
    const next = `${zone}, ${direction}`;
    if (next !== heading) lines.push('', next);
    heading = next;
    lines.push(`  ${grouped(size).padStart(7)}  ${from} → ${to}`, `           e.g. ${cell}`);
  }
  return `${lines.join('\n')}\n`;
}

/** A whole rule is told by its name. */
function shortened(text: string | null): string {
  const charactersMax = 60;
  if (text === null) return 'none';
  return text.length > charactersMax ? `${text.slice(0, charactersMax)}…` : text;
}

/** @returns a count with commas between thousands */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Nothing in the first second, then a line now and then: the answer itself comes on stdout. */
export function progressOn(streams: Streams, what: string): (done: number, all: number) => void {
  const secondMs = 1_000;
  let toldMs = performance.now();
  return (done, all) => {
    if (performance.now() - toldMs < secondMs) return;
    toldMs = performance.now();
    streams.err(`${what}: ${Math.floor((100 * done) / all)} % of ${grouped(all)} cases\n`);
  };
}
