/** `gatectl journal export`: a journal, or a stretch of it, as one file that says all by itself. */
import { exportJournal } from '../../kiosk/history/export.js';
import { type ExitCode, readArguments, required, type Streams } from './command.js';
import { refuseExisting } from './files.js';
import { rangeOptions, readRange, sourceOptions, withSource } from './journal-source.js';
import { checkWords } from './journal-words.js';
import { startProgress } from './progress.js';

const options = { ...sourceOptions, ...rangeOptions, out: { type: 'string' } } as const;

/** Takes the arguments; writes the export. @returns 1 where the journal does not hold: then there is none */
export async function runExport(args: readonly string[], streams: Streams): Promise<ExitCode> {
  const { values, positionals } = readArguments(args, options, 1);
  const file = required(positionals[0], 'FILE');
  const target = required(values.out, '--out');
  refuseExisting(target);
  return await withSource(file, values, streams, async (source) => {
    const { from, to } = readRange(source, values);
    const progress = startProgress(streams);
    const exported = exportJournal(source, {
      ...{ target, from, to },
      progress: (count, doing) => progress.tell(`${count} records ${doing} …`),
    });
    progress.done();
    if (exported.ok) {
      await streams.out(`${target} holds\n${checkWords(exported.check)}`);
      return 0;
    }
    streams.err(`gatectl journal export: ${exported.detail}\n`);
    // A stretch shows no purge that comes after it.
    if (exported.fault?.what === 'part-missing' && to !== null)
      streams.err('a purge behind --to may say so: take the stretch up to it\n');
    return 1;
  });
}
