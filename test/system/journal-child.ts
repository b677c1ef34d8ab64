/**
 * A gate that does nothing but grant: reserves ticket after ticket, spends every second one, and
 * reports what was committed on stdout, a line each, as it hears of it. Is killed by its parent.
 */
import { writeSync } from 'node:fs';
import { openJournal } from '../../kiosk/journal/journal.js';
import type { UseChange } from '../../kiosk/journal/port.js';

/** Requests under way at a time: enough that a kill meets groups as well as single ones. */
const underWay = 5;
const at = '2020-02-10T08:00:00.000Z';
const [file = '', run = ''] = process.argv.slice(2);

const opened = await openJournal({
  file,
  bootId: `boot-${run}`,
  at,
  newJournalId: '01'.repeat(16),
  previous: null,
});
if (!opened.ok) throw new Error(`${opened.why}: ${opened.detail}`);
const { journal } = opened;
let id = 0;

const use = (op: UseChange['op'], key: string): UseChange => ({
  op,
  entry: { type: 'ticket', key, direction: 'out', until: '2020-02-12T00:00:00Z', at },
});
const ticketOf = (grant: number): string => `${run}-${Math.floor(grant / 2)}`;

/** Even requests reserve a ticket; odd ones spend every second of them and leave the others. */
function next(): void {
  const key = ticketOf(id);
  const isGrant = id % 2 === 0;
  const uses = isGrant ? [use('reserve', key)] : id % 4 === 1 ? [use('spend', key)] : [];
  const type = isGrant ? 'granted' : 'passed';
  journal.append({ id, records: [{ type, at, key }], uses, urgent: id % 3 !== 0 });
  id += 1;
}

journal.subscribe((event) => {
  if (event.type === 'failed') throw new Error(event.why);
  writeSync(1, `${JSON.stringify({ ...event, key: ticketOf(event.id) })}\n`);
  next();
});
for (let count = 0; count < underWay; count += 1) next();
