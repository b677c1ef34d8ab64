/** What a replay has found, as text: a table by rule, what differs, and the first that does. Pure. */
import { faultWords } from '../../kiosk/history/fault.js';
import type { Counts, JournalReplay } from '../../kiosk/history/replay.js';
import { formatRows, printable } from './collect-output.js';

/** Enough of a hash to tell two apart. */
const hashCharacters = 12;

/**
 * @param policy the one decided by now: its hash, and whether a file was named, or it is the shipped one
 * @returns lines for people, the last one ended
 */
export function replayWords(
  file: string,
  policy: { readonly hash: string; readonly isShipped: boolean },
  replay: JournalReplay,
): string {
  const { kiosk, journal, records, decisions, passages, underOthers } = replay;
  const name = kiosk === null ? `journal ${journal}` : `${kiosk}, journal ${journal}`;
  const lines = [`${file}: ${name}, ${records} records`];
  lines.push(`  decisions ${countsWords(decisions)}`, `  passages  ${countsWords(passages)}`);
  if (underOthers > 0)
    lines.push(
      `  ${underOthers} of the decisions were made under another policy than ` +
        `${policy.isShipped ? 'notice No. 8 as it is shipped' : 'the given one'}, ` +
        `${policy.hash.slice(0, hashCharacters)}…${policy.isShipped ? '; --policy FILE names another' : ''}`,
    );
  if (replay.rules.length > 0) lines.push('', ruleTable(replay).trimEnd());
  if (replay.changes.length > 0) lines.push('', 'decided otherwise');
  for (const { from, to, count, seq } of replay.changes)
    lines.push(`  ${count} × ${from} → ${to}, first in record ${seq}`);
  const { first, fault } = replay;
  if (first !== null)
    lines.push(
      '',
      `the first that differs: record ${first.seq}, ${first.at}, ${first.type}: ` +
        `${first.from} → ${first.to}`,
    );
  if (fault !== null) lines.push('', `not read to its end: ${faultWords(fault)}`);
  return `${lines.map(printableLines).join('\n')}\n`;
}

/** @returns how many came out how, in a line */
export function countsWords({ all, same, different, undecidable, malformed }: Counts): string {
  const parts = [`${same} the same`, `${different} different`, `${undecidable} undecidable`];
  if (malformed > 0) parts.push(`${malformed} malformed`);
  return `${all}: ${parts.join(', ')}`;
}

function ruleTable({ rules }: JournalReplay): string {
  const rows = rules.map(({ all, ...counts }) => ({ ...counts, decisions: all }));
  const columns = ['rule', 'decisions', 'same', 'different', 'undecidable', 'malformed'];
  return formatRows('table', columns, rows);
}

function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}
