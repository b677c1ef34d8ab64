/** What was found in a journal, for people. Pure. */

import type { BeginningBy } from '../../kiosk/history/beginning.js';
import { faultWords } from '../../kiosk/history/fault.js';
import type { JournalCheck } from '../../kiosk/history/verify.js';
import { printable } from './collect-output.js';

const kinds = {
  database: 'a gate’s own database',
  export: 'an export',
  collector: 'as a collector has stored it',
} as const;

const beginnings: Readonly<Record<BeginningBy, (before: number) => string>> = {
  start: () => 'from its first record on',
  purge: (before) => `those up to ${before} were purged; a purge names the hash`,
  checkpoint: (before) => `behind record ${before}, whose hash a checkpoint names`,
  header: (before) => `behind record ${before}, whose hash only this file names`,
  loss: () => 'what was before was given up',
};

/** @returns several lines, the verdict last */
export function checkWords(check: JournalCheck): string {
  const { kiosk, site, journal, kind, fault } = check;
  const whose = kiosk === null ? 'of a gate that it does not name' : `of ${site} ${kiosk}`;
  const lines = [
    `journal ${journal} ${whose}, ${kinds[kind]}`,
    ...(check.count === 0 ? [] : [`  records      ${recordWords(check)}`]),
    ...(check.head === null ? [] : [`  head         ${check.head.seq}:${check.head.hash}`]),
    `  checkpoints  ${checkpointWords(check)}`,
    `  parts        ${check.partsPresent} there, ${check.partsPurged} purged`,
    ...check.losses.map(({ from, to }) => `  given up     records ${from} to ${to}`),
    fault === null ? `  ${holdsWords(check)}` : `  DOES NOT HOLD: ${faultWords(fault)}`,
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

/** A chain alone whoever has made the file can have made: the last word must not sound as if somebody had signed. */
function holdsWords({ checkpoints, vouchedThrough, losses }: JournalCheck): string {
  if (checkpoints === 0 && vouchedThrough === 0)
    return 'holds together, but NOBODY HAS SIGNED IT: whoever made the file can have made it up';
  const lost = losses.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  return lost === 0
    ? 'holds'
    : `holds, but for ${lost} records given up: nobody has signed that they are`;
}

function whyUnchecked({ isGateUnknown, kiosk }: JournalCheck): string {
  return isGateUnknown
    ? `the trust list has no key of ${kiosk}: gatectl keys kiosk --list TRUST --id ${kiosk} --public-key KEY`
    : 'no --trust';
}

function recordWords({ first, count, head, beginning, purges }: JournalCheck): string {
  const purged = purges === 0 ? '' : `, ${purges} purges`;
  const through = head === null ? '' : ` to ${head.seq}`;
  return `${first}${through}, ${count} of them, ${beginnings[beginning.by](beginning.before)}${purged}`;
}

function checkpointWords(check: JournalCheck): string {
  const { checkpoints, checkpointThrough, signaturesChecked, head, vouchedThrough } = check;
  if (checkpoints === 0 && vouchedThrough === 0)
    return 'none: nobody has signed this journal, only its chain is checked';
  if (!signaturesChecked)
    return `${checkpoints}, met up to record ${checkpointThrough}; signatures NOT CHECKED (${whyUnchecked(check)})`;
  const witnessed =
    check.witnesses.length === 0
      ? 'witnessed by nobody'
      : `witnessed by ${check.witnesses.join(', ')} up to ${check.witnessedThrough}`;
  const unknown =
    check.unknownWitnesses === 0 ? '' : `, ${check.unknownWitnesses} cosignatures of unknown names`;
  const open =
    head === null || vouchedThrough >= head.seq
      ? ''
      : `; from ${vouchedThrough + 1} on only the chain says so`;
  return `${checkpoints}, signed up to record ${vouchedThrough}, ${witnessed}${unknown}${open}`;
}
