/** `gatectl collect …`: what the gates have reported, as a table, CSV or JSON. */
import { userInfo } from 'node:os';
import type Database from 'better-sqlite3';
import { decodeBase64url } from '../../config/crypto/base64url.js';
import { formatRfc3339 } from '../../config/rfc3339.js';
import { systemClock } from '../../hardware/linux/clock.js';
import { openBeside } from '../../kiosk/collector/beside.js';
import { closeSeen } from '../../kiosk/collector/faults.js';
import { acknowledge } from '../../kiosk/collector/notices.js';
import { refusalGroups, refusals, ticketUses } from '../../kiosk/collector/queries/decisions.js';
import { audit, detailsReader, type OpenedDetails } from '../../kiosk/collector/queries/details.js';
import { gateRows, silentGates } from '../../kiosk/collector/queries/gates.js';
import { faultRows, lossRows, openNoticeRows } from '../../kiosk/collector/queries/lists.js';
import { type Passage, passages } from '../../kiosk/collector/queries/passages.js';
import { isParty } from '../../kiosk/report/notice-ack.js';
import { gateLine } from './collect-gates.js';
import { type Format, formatRows, type OutputRow } from './collect-output.js';
import { type ExitCode, readArguments, required, type Streams, UsageError } from './command.js';
import { readBytesIfThere, readTrustFile } from './files.js';
import { readTimeSeconds } from './words.js';

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const common = { db: text, csv: flag, json: flag } as const;
const span = { ...common, from: text, to: text } as const;
const minutesDefault = 15;
const registryKeyBytes = 32;

type Ask = (args: readonly string[], streams: Streams) => Promise<ExitCode>;

/** The questions by their names; each takes its own arguments. */
export const questions: Readonly<Record<string, Ask>> = {
  async passages(args, streams) {
    const options = { ...span, zone: text, open: text } as const;
    const { values } = readArguments(args, options, 0);
    const zone = required(values.zone, '--zone');
    const { fromMs, toMs } = readSpan(values.from, values.to);
    const key = values.open === undefined ? null : readRegistryKey(values.open);
    return await withDatabase(values.db, key === null ? 'read' : 'write', async (database) => {
      const found = passages(database, { zone, fromMs, toMs });
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
  },

  async refusals(args, streams) {
    const { values } = readArguments(args, { ...span, by: text } as const, 0);
    const by = refusalGroups.find((group) => group === (values.by ?? 'reason'));
    if (by === undefined)
      throw new UsageError(`--by ${values.by}: one of ${refusalGroups.join(', ')} is expected`);
    const asked = readSpan(values.from, values.to);
    return await withDatabase(values.db, 'read', async (database) => {
      const rows = refusals(database, asked, by);
      const shown = rows.map(({ what, denied, referred }) => ({ [by]: what, denied, referred }));
      return await print(streams, values, [by, 'denied', 'referred'], shown);
    });
  },

  async tickets(args, streams) {
    const { values } = readArguments(args, span, 0);
    const asked = readSpan(values.from, values.to);
    return await withDatabase(values.db, 'read', async (database) => {
      const rows = ticketUses(database, asked).map(({ atMs, kiosk, ...rest }) => ({
        ...{ time: formatRfc3339(atMs), gate: kiosk },
        ...rest,
      }));
      const columns = ['time', 'gate', 'direction', 'ticket', 'household', 'passage'];
      return await print(streams, values, columns, rows);
    });
  },

  async notices(args, streams) {
    const options = { ...common, party: text, ack: text, gate: text } as const;
    const { values } = readArguments(args, options, 0);
    const { party = null } = values;
    if (party !== null && !isParty(party)) throw new UsageError(`--party ${party} is no party`);
    const { ack } = values;
    if (ack !== undefined) {
      if (party === null) throw new UsageError('--party is required: who acknowledges');
      const said = { kiosk: values.gate ?? null, id: ack, party, at: formatRfc3339(nowMs()) };
      return await withDatabase(values.db, 'write', async (database) => {
        const answer = acknowledge(database, said);
        if (answer !== 'done') streams.err(`gatectl collect notices: ${acknowledging[answer]}\n`);
        else
          await streams.out(`${ack}: acknowledged; the gate clears it once it has heard of it\n`);
        return answer === 'done' ? 0 : 1;
      });
    }
    return await withDatabase(values.db, 'read', async (database) => {
      const rows = openNoticeRows(database, party).map(({ atMs, kiosk, ackAt, ...rest }) => ({
        ...{ time: formatRfc3339(atMs), gate: kiosk },
        ...rest,
        acknowledged: ackAt,
      }));
      const columns = ['time', 'gate', 'id', 'party', 'kind', 'rule', 'masked', 'acknowledged'];
      return await print(streams, values, columns, rows);
    });
  },

  async gates(args, streams) {
    const { values } = readArguments(args, { ...common, trust: text } as const, 0);
    return await withDatabase(values.db, 'read', async (database) => {
      const rows = gateRows(database, expectedGates(values.trust)).map(gateLine);
      return await print(streams, values, gateColumns, rows);
    });
  },

  async silent(args, streams) {
    const options = { ...common, trust: text, minutes: text } as const;
    const { values } = readArguments(args, options, 0);
    const minutes = Number(values.minutes ?? minutesDefault);
    if (!Number.isInteger(minutes) || minutes < 1)
      throw new UsageError('--minutes must be a whole number from 1 on');
    return await withDatabase(values.db, 'read', async (database) => {
      const all = gateRows(database, expectedGates(values.trust));
      const rows = silentGates(all, nowMs() - 60_000 * minutes).map(gateLine);
      await print(streams, values, gateColumns, rows);
      return rows.length === 0 ? 0 : 1;
    });
  },

  async faults(args, streams) {
    const options = { ...common, all: flag, losses: flag, seen: flag } as const;
    const { values } = readArguments(args, options, 0);
    if (values.seen === true)
      return await withDatabase(values.db, 'write', async (database) => {
        const count = closeSeen(database, nowMs());
        await streams.out(`${count} faults are taken as seen; gaps stay open until they close\n`);
        return 0;
      });
    return await withDatabase(values.db, 'read', async (database) => {
      if (values.losses === true) {
        const rows = lossRows(database).map(({ kiosk, journal, fromSeq, toSeq, atMs }) => ({
          ...{ time: formatRfc3339(atMs), gate: kiosk, journal, from: fromSeq, to: toSeq },
        }));
        return await print(streams, values, ['time', 'gate', 'journal', 'from', 'to'], rows);
      }
      const rows = faultRows(database, values.all === true);
      const shown = rows.map(({ kiosk, firstMs, lastMs, closedMs, ...rest }) => ({
        ...{ last: formatRfc3339(lastMs), first: formatRfc3339(firstMs), gate: kiosk },
        ...{ ...rest, from: rest.seq, to: rest.toSeq },
        closed: closedMs === null ? null : formatRfc3339(closedMs),
      }));
      const columns = ['last', 'gate', 'kind', 'journal', 'from', 'to', 'ours', 'theirs', 'count'];
      await print(streams, values, values.all === true ? [...columns, 'closed'] : columns, shown);
      return rows.some(({ closedMs }) => closedMs === null) ? 1 : 0;
    });
  },
};

const gateColumns = [
  ...['gate', 'online', 'heard', 'backlog', 'head', 'record', 'checkpoint', 'faults', 'devices'],
];

const acknowledging = {
  'no-such-notice': 'no such notice is open',
  'another-party': 'it is another party’s',
  'which-gate': 'several gates have one of this id: name one with --gate',
} as const;

function nowMs(): number {
  return systemClock().now().wallMs;
}

function expectedGates(trust: string | undefined): readonly string[] {
  return trust === undefined ? [] : readTrustFile(trust).kiosks.map(({ id }) => id);
}

function readSpan(from: string | undefined, to: string | undefined) {
  const fromMs = 1_000 * readTimeSeconds(required(from, '--from'), '--from');
  const toMs = 1_000 * readTimeSeconds(required(to, '--to'), '--to');
  if (toMs <= fromMs) throw new UsageError('--to must be after --from');
  return { fromMs, toMs };
}

function readRegistryKey(file: string): Uint8Array {
  const bytes = readBytesIfThere(file);
  if (bytes === null) throw new UsageError(`${file} cannot be read: no such file`);
  const key = decodeBase64url(Buffer.from(bytes).toString('latin1').replace(/\n$/, ''));
  if (key?.length !== registryKeyBytes)
    throw new UsageError(`${file}: a registry's key is one line of base64url of 32 bytes`);
  return key;
}

async function withDatabase(
  file: string | undefined,
  mode: 'read' | 'write',
  work: (database: Database.Database) => Promise<ExitCode>,
): Promise<ExitCode> {
  const opened = openBeside(required(file, '--db'), mode);
  if (!opened.ok) throw new UsageError(`${file}: ${opened.detail}`);
  try {
    return await work(opened.database);
  } finally {
    opened.database.close();
  }
}

async function print(
  streams: Streams,
  { csv, json }: { readonly csv?: boolean | undefined; readonly json?: boolean | undefined },
  columns: readonly string[],
  rows: readonly OutputRow[],
): Promise<ExitCode> {
  if (csv === true && json === true) throw new UsageError('--csv or --json, not both');
  const format: Format = csv === true ? 'csv' : json === true ? 'json' : 'table';
  await streams.out(formatRows(format, columns, rows));
  return 0;
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
