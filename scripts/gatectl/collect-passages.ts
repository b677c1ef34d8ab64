/** `gatectl collect passages`: who passed a zone; with the registry's key also by name. */
import { userInfo } from 'node:os';
import { formatRfc3339 } from '../../config/rfc3339.js';
import { audit, detailsReader, type OpenedDetails } from '../../kiosk/collector/queries/details.js';
import { type Passage, passages, zonesPassed } from '../../kiosk/collector/queries/passages.js';
import { type Ask, nowMs, print, readSpan, spanOptions, withDatabase } from './collect-answer.js';
import { cellOf, type OutputRow } from './collect-output.js';
import { readArguments, required, type Streams } from './command.js';
import { readRegistryKeyFile } from './files.js';
import { counted } from './words.js';

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
    const came = audit(database, { atMs: nowMs(), who, what, count: found.length });
    const read = detailsReader(database, key);
    const details = found.map(({ place }) => read(place));
    const { words, isRefused } = outcomeOf(details);
    // Then what came of it: without that nothing is shown.
    came(words);
    streams.err(
      `asked by ${who}, and written down: details of ${counted(found.length, 'attempt')}, ${what}\n`,
    );
    const opened = shown.map((row, index) => ({ ...row, ...detailCells(details[index]) }));
    const personal = ['name', 'number', 'phone', 'address', 'other', 'closed'];
    await print(streams, values, [...columns, ...personal], opened);
    // Last, where it is read: empty columns look like people of whom nothing is known.
    streams.err(`${isRefused ? 'gatectl collect passages: ' : ''}${words}\n`);
    return isRefused ? 1 : 0;
  });
};

/** @returns what a key has opened, in words; refused: there was something, and it has opened nothing */
function outcomeOf(details: readonly OpenedDetails[]) {
  const opened = details.reduce((sum, it) => sum + it.details.length, 0);
  const closed = details.reduce((sum, it) => sum + it.closed, 0);
  const why = [...new Set(details.flatMap((it) => it.closedWhy))].join(', ');
  if (opened + closed === 0)
    return { words: 'nothing sealed stands beside them', isRefused: false };
  if (opened === 0)
    return {
      words: `this key opens none of ${counted(closed, 'sealed part')} (${why})`,
      isRefused: true,
    };
  const rest = closed === 0 ? '' : `, and not the other ${closed} (${why})`;
  return { words: `this key opens ${counted(opened, 'sealed part')}${rest}`, isRefused: false };
}

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

function detailCells(found: OpenedDetails | undefined): OutputRow {
  if (found === undefined) return {};
  const { details, closed } = found;
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
  const other = [...members].map(([name, value]) => `${name}=${cellOf(value)}`);
  return {
    ...Object.fromEntries(cells),
    other,
    closed,
    details: details.map(({ seq, contents }) => ({ seq, contents })),
  };
}
