/** What the commands about a journal have in common: the file, one journal in it, records by number or time. */
import { namesOf } from '../../kiosk/history/marks.js';
import { openSources, type SourceFile } from '../../kiosk/history/open-source.js';
import { type Range, recordsBetween } from '../../kiosk/history/select.js';
import type { JournalSource, SourceRefusal } from '../../kiosk/journal/source.js';
import { printable } from './collect-output.js';
import { type ExitCode, type Streams, UsageError } from './command.js';
import { readTimeSeconds } from './words.js';

const text = { type: 'string' } as const;
export const sourceOptions = { kiosk: text, journal: text } as const;
export const rangeOptions = { from: text, to: text } as const;

interface Wishes {
  readonly kiosk?: string | undefined;
  readonly journal?: string | undefined;
}

/** Opens a file. @returns its journals, or why it is damaged; throws UsageError for every other reason */
export function openFile(
  file: string,
  { kiosk, journal }: Wishes,
): SourceFile | (SourceRefusal & { readonly why: 'damaged' }) {
  const opened = openSources(file, { kiosk: kiosk ?? null, journal: journal ?? null });
  if (opened.ok) {
    // Of a collector's only those that were asked for are there.
    const [other] = opened.file.sources.filter(
      (source) => (journal ?? source.journal) !== source.journal,
    );
    if (other === undefined) return opened.file;
    opened.file.close();
    throw new UsageError(`${file} has no such journal: it is ${wordsOf(other)}`);
  }
  const { why, detail } = opened;
  if (why === 'damaged') return { ...opened, why };
  const locked = why === 'locked' ? ': a gate runs on it; stop it, or take a copy' : '';
  throw new UsageError(`${file}: ${detail}${locked}`);
}

/** Throws UsageError where a journal says that it is another gate's; a database without a checkpoint does not say. */
export function refuseOtherGate(
  file: string,
  { sources }: SourceFile,
  { kiosk: wanted }: Wishes,
): void {
  for (const source of sources) {
    const { kiosk } = namesOf(source);
    if (wanted !== undefined && kiosk !== null && kiosk !== wanted)
      throw new UsageError(`${file} is not of ${wanted}: it is ${wordsOf(source)}`);
  }
}

function wordsOf(source: JournalSource): string {
  const { kiosk } = namesOf(source);
  return printable(`the journal ${source.journal} of ${kiosk ?? 'a gate that it does not name'}`);
}

/**
 * Opens a file for work on one journal. Throws UsageError where it is not readable, or has several.
 * @returns what the work does; 1 where the file is damaged, which is said
 */
export async function withSource(
  file: string,
  wishes: Wishes,
  streams: Streams,
  work: (source: JournalSource) => Promise<ExitCode>,
): Promise<ExitCode> {
  const opened = openFile(file, wishes);
  if ('ok' in opened) {
    streams.err(`gatectl: ${file} is damaged (${opened.detail})\n`);
    return 1;
  }
  try {
    refuseOtherGate(file, opened, wishes);
    return await work(onlySource(file, opened));
  } finally {
    opened.close();
  }
}

/** @returns the one journal of a file; throws UsageError naming them where there are several */
export function onlySource(file: string, { sources }: SourceFile): JournalSource {
  const [source, ...more] = sources;
  if (source !== undefined && more.length === 0) return source;
  const names = sources.map(({ kiosk, journal }) => `  ${kiosk} ${journal}`);
  throw new UsageError(
    `${file} has several journals: name one with --kiosk and --journal\n${names.join('\n')}`,
  );
}

const recordNumber = /^[1-9][0-9]{0,14}$/;

/** Takes the values of --from and --to, each a record's number or an RFC 3339 time; returns the records. */
export function readRange(
  source: JournalSource,
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
): Range {
  const isTime = (value: string | undefined): boolean =>
    value !== undefined && !recordNumber.test(value);
  const numbered = { from: numberOf(from), to: numberOf(to) };
  if (!isTime(from) && !isTime(to)) {
    if (numbered.from !== null && numbered.to !== null && numbered.from > numbered.to)
      throw new UsageError('--to must not be before --from');
    return numbered;
  }
  const ms = (value: string | undefined, option: string): number | null =>
    isTime(value) ? 1_000 * readTimeSeconds(value ?? '', option) : null;
  const between = recordsBetween(source, ms(from, '--from'), ms(to, '--to'));
  if (between === null) throw new UsageError('there are no records between --from and --to');
  return {
    from: isTime(from) ? between.from : numbered.from,
    to: isTime(to) ? between.to : numbered.to,
  };
}

function numberOf(value: string | undefined): number | null {
  return value !== undefined && recordNumber.test(value) ? Number(value) : null;
}
