/** `gatectl collect …`: what the gates have reported, as a table, CSV or JSON. */
import { formatRfc3339 } from '../../config/rfc3339.js';
import { closeSeen } from '../../kiosk/collector/faults.js';
import { acknowledge } from '../../kiosk/collector/notices.js';
import { refusalGroups, refusals, ticketUses } from '../../kiosk/collector/queries/decisions.js';
import { gateRows, silentGates } from '../../kiosk/collector/queries/gates.js';
import { faultRows, lossRows, noticeRows } from '../../kiosk/collector/queries/lists.js';
import type { JsonValue } from '../../kiosk/journal/port.js';
import { isParty } from '../../kiosk/report/notice-ack.js';
import {
  type Ask,
  commonOptions,
  nowMs,
  print,
  readSpan,
  spanOptions,
  withDatabase,
} from './collect-answer.js';
import { gateLine } from './collect-gates.js';
import { askPassages } from './collect-passages.js';
import { readArguments, UsageError } from './command.js';
import { readTrustFile } from './files.js';

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const minutesDefault = 15;

/** The questions by their names; each takes its own arguments. */
export const questions: Readonly<Record<string, Ask>> = {
  passages: askPassages,

  async refusals(args, streams) {
    const { values } = readArguments(args, { ...spanOptions, by: text } as const, 0);
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
    const { values } = readArguments(args, spanOptions, 0);
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
    const options = { ...commonOptions, party: text, ack: text, gate: text, all: flag } as const;
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
      const all = values.all === true;
      const rows = noticeRows(database, { party, all }).map((row) => {
        const { atMs, kiosk, ackAt, unseenMs, ...rest } = row;
        const cleared = unseenMs === null ? null : `unseen by ${formatRfc3339(unseenMs)}`;
        const masked = rest.masked === null ? null : (JSON.parse(rest.masked) as JsonValue);
        const said = { acknowledged: ackAt, cleared };
        return { time: formatRfc3339(atMs), gate: kiosk, ...rest, masked, ...said };
      });
      const columns = ['time', 'gate', 'id', 'party', 'kind', 'rule', 'masked', 'acknowledged'];
      return await print(streams, values, all ? [...columns, 'cleared'] : columns, rows);
    });
  },

  async gates(args, streams) {
    const { values } = readArguments(args, { ...commonOptions, trust: text } as const, 0);
    return await withDatabase(values.db, 'read', async (database) => {
      const rows = gateRows(database, expectedGates(values.trust)).map(gateLine);
      return await print(streams, values, gateColumns, rows);
    });
  },

  async silent(args, streams) {
    const options = { ...commonOptions, trust: text, minutes: text } as const;
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
    const options = { ...commonOptions, all: flag, losses: flag, seen: flag } as const;
    const { values } = readArguments(args, options, 0);
    if (values.seen === true)
      return await withDatabase(values.db, 'write', async (database) => {
        const count = closeSeen(database, nowMs());
        await streams.out(`${count} faults are taken as seen; gaps stay open until they close\n`);
        return 0;
      });
    return await withDatabase(values.db, 'read', async (database) => {
      if (values.losses === true) {
        const rows = lossRows(database).map(({ kiosk, journal, fromSeq, toSeq, atMs, why }) => ({
          ...{ time: formatRfc3339(atMs), gate: kiosk, journal, from: fromSeq, to: toSeq, why },
        }));
        const columns = ['time', 'gate', 'journal', 'from', 'to', 'why'];
        return await print(streams, values, columns, rows);
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

function expectedGates(trust: string | undefined): readonly string[] {
  return trust === undefined ? [] : readTrustFile(trust).kiosks.map(({ id }) => id);
}
