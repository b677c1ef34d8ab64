/** `gatectl journal open`: what is sealed, for who has the registry's key and a reason. */
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { formatRfc3339 } from '../../config/rfc3339.js';
import { openSealed } from '../../kiosk/evidence/seal.js';
import { addAudit, auditLimits } from '../../kiosk/history/audit-file.js';
import { faultWords, type JournalFault } from '../../kiosk/history/fault.js';
import { namesOf } from '../../kiosk/history/marks.js';
import {
  type FoundPart,
  findParts,
  type PartsWanted,
  partsNearby,
} from '../../kiosk/history/select.js';
import { verifyJournal } from '../../kiosk/history/verify.js';
import { type PartKind, partKinds } from '../../kiosk/journal/part-kind.js';
import type { JournalSource } from '../../kiosk/journal/source.js';
import { nowMs, print } from './collect-answer.js';
import { cellOf, type OutputRow } from './collect-output.js';
import { type ExitCode, readArguments, required, type Streams, UsageError } from './command.js';
import { readRegistryKeyFile } from './files.js';
import { rangeOptions, readRange, sourceOptions, withSource } from './journal-source.js';
import { startProgress } from './progress.js';
import { counted } from './words.js';

const text = { type: 'string' } as const;
const options = {
  ...sourceOptions,
  ...rangeOptions,
  ...{ key: text, reason: text, seq: text, attempt: text, kind: text, audit: text },
  json: { type: 'boolean' },
} as const;

const nearbyMax = 5;

/** Takes the arguments; shows the parts. Opens nothing before the audit has it. */
export async function runOpen(args: readonly string[], streams: Streams): Promise<ExitCode> {
  const { values, positionals } = readArguments(args, options, 1);
  const file = required(positionals[0], 'FILE');
  const reason = readReason(required(values.reason, '--reason'));
  const key = readRegistryKeyFile(required(values.key, '--key'));
  return await withSource(file, values, streams, async (source) => {
    const wanted = readWanted(source, values);
    const found = findParts(source, wanted, auditLimits.partsMax);
    if (!found.ok) {
      if (found.why === 'too-many')
        throw new UsageError(
          `these are over ${auditLimits.partsMax} parts: ask for less at a time`,
        );
      return refuse(streams, `${file}: ${faultWords(found.why)}`);
    }
    const { parts } = found;
    if (parts.length === 0) return refuse(streams, noneWords(source, wanted));
    refuseSeveralRuns(wanted, parts);
    const doubt = faultOf(source, streams);
    const audit = values.audit ?? `${file}.audit`;
    const who = accountName();
    try {
      const { kiosk } = namesOf(source);
      const seqs = parts.map(({ seq }) => seq);
      const place = { file: resolve(file), kiosk, journal: source.journal, seqs };
      addAudit(audit, { at: formatRfc3339(nowMs()), who, reason, ...place });
    } catch (error) {
      const why = error instanceof Error ? error.message : 'unknown error';
      return refuse(streams, `nothing is opened, for ${audit} cannot be written (${why}): --audit`);
    }
    streams.err(
      `opened by ${who}, and written down in ${audit}: ${counted(parts.length, 'part')}\n`,
    );
    const rows = parts.map((part) => rowOf(key, part));
    const columns = ['seq', 'time', 'type', 'kind', 'run', 'attempt', 'state', 'contents'];
    const isTable = values.json !== true;
    const shown = isTable
      ? rows.map((row) => ({ ...row, contents: cells(row['contents']) }))
      : rows;
    await print(streams, values, columns, shown);
    // Last, where it is read: whose details these are only the chain can say.
    if (doubt !== null)
      return refuse(streams, `${file} DOES NOT HOLD: ${faultWords(doubt)}: this proves nothing`);
    return rows.every(({ state }) => state === 'opened' || state === 'gone') ? 0 : 1;
  });
}

/** Who asks for one record has its number from elsewhere, or a guess: a part stands beside few of them. */
function noneWords(source: JournalSource, { from, to, attempt, kind }: PartsWanted): string {
  const none = 'there is no sealed part of these records';
  if (from === null || from !== to || attempt !== null) return none;
  const near = partsNearby(source, from, kind, nearbyMax);
  return near.length === 0
    ? none
    : `record ${from} has no sealed part; near it these have: ${near.join(', ')}`;
}

/** @returns what is wrong with the journal, signatures left aside; null: nothing is */
function faultOf(source: JournalSource, streams: Streams): JournalFault | null {
  const progress = startProgress(streams);
  const { fault } = verifyJournal(source, {
    ...{ keys: null, site: null, kiosk: null, head: null, receipt: null },
    progress: (count) => progress.tell(`${count} records verified …`),
  });
  progress.done();
  return fault;
}

function refuse(streams: Streams, words: string): ExitCode {
  streams.err(`gatectl journal open: ${words}\n`);
  return 1;
}

function readReason(value: string): string {
  const reason = value.trim();
  if (reason === '') throw new UsageError('--reason must say why it is opened');
  if (reason.length > auditLimits.reasonMax)
    throw new UsageError(`--reason has over ${auditLimits.reasonMax} characters`);
  if (/\p{Cc}/u.test(reason)) throw new UsageError('--reason is one line of text');
  return reason;
}

interface Wishes {
  readonly seq?: string | undefined;
  readonly attempt?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly kind?: string | undefined;
}

function readWanted(source: JournalSource, wishes: Wishes): PartsWanted {
  const { seq, attempt, from, to } = wishes;
  const isRange = from !== undefined || to !== undefined;
  const ways = [seq !== undefined, attempt !== undefined, isRange].filter((it) => it).length;
  if (ways !== 1) throw new UsageError('one of --seq, --attempt, and --from and --to is required');
  const kind = readKind(wishes.kind);
  if (seq !== undefined) {
    if (!/^[1-9][0-9]{0,14}$/.test(seq)) throw new UsageError(`--seq ${seq} is no record’s number`);
    return { from: Number(seq), to: Number(seq), attempt: null, kind };
  }
  if (attempt === undefined) return { ...readRange(source, { from, to }), attempt: null, kind };
  const [, bootId, serial] = /^(?:([^/]+)\/)?([1-9][0-9]{0,14})$/.exec(attempt) ?? [];
  if (serial === undefined) throw new UsageError(`--attempt ${attempt} is no N, and no RUN/N`);
  const named = { bootId: bootId ?? null, serial: Number(serial) };
  return { from: null, to: null, attempt: named, kind };
}

function readKind(value: string | undefined): PartKind | null {
  if (value === undefined) return null;
  const kind = partKinds.find((known) => known === value);
  if (kind === undefined)
    throw new UsageError(`--kind ${value}: one of ${partKinds.join(', ')} is expected`);
  return kind;
}

/** An attempt's number begins anew with each run: nobody is to see another person's details by that. */
function refuseSeveralRuns({ attempt }: PartsWanted, parts: readonly FoundPart[]): void {
  if (attempt === null) return;
  const runs = [...new Set(parts.map(({ bootId }) => bootId))];
  if (runs.length < 2) return;
  const names = runs.map((run) => `  --attempt ${run}/${attempt.serial}`);
  throw new UsageError(`several runs have an attempt ${attempt.serial}:\n${names.join('\n')}`);
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // An account without a name.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

function rowOf(key: Uint8Array, found: FoundPart): OutputRow {
  const { seq, at, type, kind, bootId, attempt, part } = found;
  const row = { seq, time: at, type, kind, run: bootId, attempt };
  if (typeof part === 'string') return { ...row, state: part, contents: null };
  const opened = openSealed(key, part);
  if (!opened.ok) return { ...row, state: opened.why, contents: null };
  return { ...row, state: 'opened', contents: opened.contents };
}

function cells(contents: OutputRow[string] | undefined): readonly string[] {
  if (typeof contents !== 'object' || contents === null) return [];
  return Object.entries(contents)
    .filter(([name]) => name !== 'type')
    .map(([name, value]) => `${name}=${cellOf(value)}`);
}
