/** `gatectl collect passages`: who passed a zone; with the registry's key also by name. */
import { userInfo } from 'node:os';
import { formatRfc3339 } from '../../config/rfc3339.js';
import { audit, detailsReader, type OpenedDetails } from '../../kiosk/collector/queries/details.js';
import { type Passage, passages, zonesPassed } from '../../kiosk/collector/queries/passages.js';
import { type Ask, nowMs, print, readSpan, spanOptions, withDatabase } from './collect-answer.js';
import type { OutputRow } from './collect-output.js';
import { readArguments, required, type Streams } from './command.js';
import { readRegistryKeyFile } from './files.js';

const text = { type: 'string' } as const;

/** Takes the arguments; prints the passages. Opens nothing before the audit has it. */
export const askPassages: Ask = async (args, streams) => {
  const options = { ...spanOptions, zone: text, open: text } as const;
  const { values } = readArguments(args, options, 0);
  const zone = required(values.zone, '--zone');
  const { fromMs, toMs } = readSpan(values.from, values.to);
  const key = values.open === undefined ? null : readRegistryKeyFile(values.open);
  return await withDatabase(values.db, key === null ? 'read' : 'write', async (database) => {
    const found = passages(database, { zone, fromMs, toMs });
    if (found.length === 0) tellZones(zonesPassed(database), zone, streams);
    const shown = found.map(passageRow);
    const columns = ['time', 'gate', 'direction', 'outcome', 'rule', 'people'];
    if (key === null) return await print(streams, values, columns, shown);
    const what = `passages of ${zone} from ${formatRfc3339(fromMs)} to ${formatRfc3339(toMs)}`;
    const who = userInfo().username;
    // First the word that they will be opened: without it they are not.
    audit(database, { atMs: nowMs(), who, what, count: found.length });
    streams.err(`opened by ${who}, and written down: details of ${found.length} ${what}\n`);
    const read = detailsReader(database, key);
    const opened = shown.map((row, index) => ({ ...row, ...detailCells(read, found[index]) }));
    const personal = ['name', 'number', 'phone', 'address', 'other', 'closed'];
    return await print(streams, values, [...columns, ...personal], opened);
  });
};

/** A name that was mistyped looks like a zone where nobody has passed. */
function tellZones(zones: readonly string[], zone: string, streams: Streams): void {
  if (zones.includes(zone) || zones.length === 0) return;
  streams.err(`nobody has ever passed a zone ${zone}; there are ${zones.join(', ')}\n`);
}

function passageRow({ atMs, kiosk, zone, direction, outcome, rule, people }: Passage): OutputRow {
  return { time: formatRfc3339(atMs), gate: kiosk, zone, direction, outcome, rule, people };
}

/** Where a card or the booth has each of these; the first that is there. */
const named: Readonly<Record<string, readonly string[]>> = {
  name: ['name'],
  number: ['number', 'id-number'],
  phone: ['phone'],
  address: ['campus-address', 'address'],
};

function detailCells(
  read: (place: Passage['place']) => OpenedDetails,
  passage: Passage | undefined,
): OutputRow {
  if (passage === undefined) return {};
  const { details, closed } = read(passage.place);
  const members = new Map(
    details.flatMap(({ contents }) =>
      typeof contents === 'object' && contents !== null ? Object.entries(contents) : [],
    ),
  );
  members.delete('type');
  const cells = Object.entries(named).map(([column, names]) => {
    const found = names.find((name) => members.has(name));
    const value = found === undefined ? null : (members.get(found) ?? null);
    if (found !== undefined) members.delete(found);
    return [column, value] as const;
  });
  const other = [...members].map(([name, value]) => `${name}=${String(value)}`);
  return {
    ...Object.fromEntries(cells),
    other,
    closed,
    details: details.map(({ seq, contents }) => ({ seq, contents })),
  };
}
