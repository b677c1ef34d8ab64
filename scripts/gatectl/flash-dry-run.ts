/** `gatectl config flash --dry-run`: what a step would have decided otherwise, by what gates have on record. */
import { formatRfc3339 } from '../../config/rfc3339.js';
import { faultWords } from '../../kiosk/history/fault.js';
import { namesOf } from '../../kiosk/history/marks.js';
import { byRevocations, byTrust } from '../../kiosk/history/papers-trial.js';
import {
  byPolicy,
  type Counts,
  type Different,
  type JournalReplay,
  type Judge,
  replayJournal,
} from '../../kiosk/history/replay.js';
import { firstSince, newestMs } from '../../kiosk/history/select.js';
import type { JournalSource } from '../../kiosk/journal/source.js';
import { readStepBody } from '../../kiosk/settings/admin/step-body.js';
import type { StepFile } from '../../kiosk/settings/admin/step-file.js';
import { hashOfPolicy } from '../../kiosk/settings/gate-settings.js';
import { formatRows, jsonLine, printable } from './collect-output.js';
import {
  type ExitCode,
  formatProblems,
  readArguments,
  required,
  type Streams,
  UsageError,
} from './command.js';
import { blobsFolder, bodyBytesOf, readStepFile } from './config-files.js';
import { readCount, readId } from './config-words.js';
import { openFile } from './journal-source.js';
import { startProgress } from './progress.js';
import { countsWords } from './replay-words.js';
import { readDurationSeconds, readWords } from './words.js';

const text = { type: 'string' } as const;
const options = {
  ...{ 'dry-run': text, since: text, to: text, shown: text, blobs: text },
  json: { type: 'boolean' },
} as const;

const sinceDefault = '7d';
const shownDefault = '10';
/** A list that nobody reads to its end helps nobody. */
const shownMax = 10_000;

interface Shown extends Different {
  readonly gate: string;
}

/** @returns whether the arguments of `flash` ask for no more than a trial */
export function isDryRun(args: readonly string[]): boolean {
  return args.some((word) => word === '--dry-run' || word.startsWith('--dry-run='));
}

/** @returns 0: nothing would be decided otherwise; 1: something would, or not all could be read */
export async function tryStep(args: readonly string[], streams: Streams): Promise<ExitCode> {
  const { values, positionals } = readArguments(args, options, 1);
  const name = required(positionals[0], 'a STEP');
  const database = required(values['dry-run'], '--dry-run DATABASE');
  const file = readStepFile(name);
  const by = judgeOf(name, file, values.blobs);
  const sinceMs = 1_000 * readDurationSeconds(values.since ?? sinceDefault, '--since');
  const shownWanted = Math.min(shownMax, readCount(values.shown ?? shownDefault, '--shown'));
  const gates = gatesOf(file, values.to);
  const opened = openFile(database, {});
  if ('ok' in opened) {
    streams.err(`gatectl config flash: ${database}: ${opened.detail}\n`);
    return 1;
  }
  const progress = startProgress(streams);
  const shown: Shown[] = [];
  const replays: JournalReplay[] = [];
  let fromMs: number | null = null;
  let toMs: number | null = null;
  try {
    const sources = opened.sources.filter((source) => {
      // A gate's own database says it by its checkpoints.
      const { kiosk } = namesOf(source);
      return gates === null || kiosk === null || gates.includes(kiosk);
    });
    if (sources.length === 0) throw new UsageError(`${database} has no journal of these gates`);
    tellMissing(gates, sources, streams);
    toMs = newestOf(sources);
    fromMs = toMs === null ? null : toMs - sinceMs;
    for (const source of sources) {
      const from = fromMs === null ? 1 : firstSince(source, fromMs);
      if (from === null) continue;
      const gate = source.kiosk ?? source.journal;
      replays.push(
        replayJournal(source, {
          ...{ by, from, to: null },
          progress: (count) => progress.tell(`${gate}: ${count} records …`),
          tell(different) {
            if (shown.length < shownWanted) shown.push({ gate, ...different });
          },
        }),
      );
    }
  } finally {
    progress.done();
    opened.close();
  }
  const all = totalOf(replays);
  const isWhole = replays.every(({ fault }) => fault === null);
  const ok = all.different + all.malformed === 0 && isWhole;
  if (values.json === true) {
    const step = { channel: file.step.channel, ...file.mark };
    const period = { from: timeOf(fromMs), to: timeOf(toMs) };
    const journals = replays.map(
      ({ kiosk, journal, records, decisions, rules, changes, fault }) => ({
        ...{ kiosk, journal, records, decisions, rules, changes, fault },
      }),
    );
    const answer = { ok, step, file: database, ...period, decisions: all, journals, first: shown };
    await streams.out(jsonLine(answer));
  } else {
    const head = `${file.step.channel} ${file.mark.seq} against ${database}, ${timeOf(fromMs) ?? ''} to ${timeOf(toMs) ?? ''}`;
    await streams.out(trialWords(head, replays, all, shown));
  }
  return ok ? 0 : 1;
}

function judgeOf(name: string, file: StepFile, blobs: string | undefined): Judge {
  const bytes = bodyBytesOf(file, blobsFolder(name, blobs));
  const read = readStepBody(file.step.channel, bytes);
  if (!read.ok) throw new UsageError(formatProblems(name, read.problems));
  switch (read.body.channel) {
    case 'policy':
      return byPolicy(read.body.policy, hashOfPolicy(read.body.policy));
    case 'revocation':
      return byRevocations(read.body.revocations);
    case 'trust':
      return byTrust(read.body.trust);
    case 'device':
      throw new UsageError(
        `${name} is of device: what other devices would have read no record tells`,
      );
  }
}

/** @returns whose records are asked; null: of all that are there */
function gatesOf({ step: { target } }: StepFile, to: string | undefined): readonly string[] | null {
  const named = to === undefined ? null : readWords(to).map((id) => readId(id, '--to'));
  if ('groups' in target && named === null)
    throw new UsageError(
      'the step is for groups, of which only the gates know: name gates by --to',
    );
  if (!('kiosks' in target)) return named;
  for (const kiosk of named ?? [])
    if (!target.kiosks.includes(kiosk))
      throw new UsageError(`--to ${kiosk}: the step is not for it`);
  return named ?? target.kiosks;
}

function tellMissing(
  gates: readonly string[] | null,
  sources: readonly JournalSource[],
  streams: Streams,
): void {
  // A gate's own database does not say whose it is.
  if (sources.some(({ kiosk }) => kiosk === null)) return;
  for (const gate of gates ?? [])
    if (!sources.some(({ kiosk }) => kiosk === gate))
      streams.err(`gatectl config flash: nothing of ${gate} is there\n`);
}

function newestOf(sources: readonly JournalSource[]): number | null {
  const times = sources.map(newestMs).filter((ms) => ms !== null);
  return times.length === 0 ? null : Math.max(...times);
}

function timeOf(ms: number | null): string | null {
  return ms === null ? null : formatRfc3339(ms);
}

function totalOf(replays: readonly JournalReplay[]): Counts {
  const sum = (name: keyof Counts): number =>
    replays.reduce((total, { decisions }) => total + decisions[name], 0);
  return {
    ...{ all: sum('all'), same: sum('same'), different: sum('different') },
    ...{ undecidable: sum('undecidable'), malformed: sum('malformed') },
  };
}

function trialWords(
  head: string,
  replays: readonly JournalReplay[],
  all: Counts,
  shown: readonly Shown[],
): string {
  const lines = [head];
  for (const { kiosk, journal, decisions, changes, fault } of replays) {
    lines.push(`${kiosk ?? journal}  decisions ${countsWords(decisions)}`);
    for (const { from, to, count } of changes) lines.push(`  ${count} × ${from} → ${to}`);
    if (fault !== null) lines.push(`  not read to its end: ${faultWords(fault)}`);
  }
  lines.push(`in all     decisions ${countsWords(all)}`);
  if (all.undecidable > 0)
    lines.push('undecidable: a sealed value would be needed, or more than the record holds');
  if (replays.some(({ changes }) => changes.some(({ to }) => to.includes(' refused: '))))
    lines.push('refused: the grant rests on it; whether other papers would have done nobody knows');
  if (shown.length > 0) {
    const more = all.different + all.malformed - shown.length;
    lines.push('', more > 0 ? `the first that would differ, and ${more} more` : 'would differ');
    const rows = shown.map(({ gate, seq, at, rule, from, to }) => ({
      ...{ gate, record: seq, at, rule, recorded: from, 'would be': to },
    }));
    const columns = ['gate', 'record', 'at', 'rule', 'recorded', 'would be'];
    lines.push(...formatRows('table', columns, rows).trimEnd().split('\n'));
  }
  return `${lines.map(printable).join('\n')}\n`;
}
