/** `gatectl config history`: the steps in a folder, as the chains that they are. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { envelopeLimits } from '../../config/crypto/dsse.js';
import { formatRfc3339 } from '../../config/rfc3339.js';
import { systemClock } from '../../hardware/linux/clock.js';
import { readStep, type StepFile } from '../../kiosk/settings/admin/step-file.js';
import { type HistoryEntry, stepHistory } from '../../kiosk/settings/admin/step-history.js';
import { formatRows } from './collect-output.js';
import { type ExitCode, readArguments, type Streams, UsageError } from './command.js';
import { readBytesUpTo, readTrustFile } from './files.js';

const options = { trust: { type: 'string' }, json: { type: 'boolean' } } as const;
const filesMax = 10_000;
const shortDigits = 12;

/** @returns 0; 1 where a link or a signature does not hold */
export async function showHistory(args: readonly string[], streams: Streams): Promise<ExitCode> {
  const { values, positionals } = readArguments(args, options, filesMax);
  const trust = values.trust === undefined ? null : readTrustFile(values.trust);
  const files = positionals.flatMap(filesOf).flatMap((name) => {
    const file = stepIn(name);
    return file === null ? [] : [{ name, file }];
  });
  if (files.length === 0)
    throw new UsageError('a FOLDER of steps, or FILES, is required: no step is found there');
  const entries = stepHistory(files, trust, systemClock().now().wallMs);
  const json = values.json === true;
  await streams.out(
    formatRows(
      json ? 'json' : 'table',
      ['channel', 'seq', 'sha256', 'link', 'signed', 'issued', 'time', 'faults', 'reason'],
      entries.map((entry) => rowOf(entry, json)),
    ),
  );
  return entries.every(({ faults }) => faults.length === 0) ? 0 : 1;
}

function filesOf(path: string): readonly string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => join(path, name));
  } catch {
    throw new UsageError(`${path} cannot be read: there is no such file or folder`);
  }
}

/** A folder may hold trust lists and bodies as well, folders, and links that lead nowhere: they are no steps. */
function stepIn(name: string): StepFile | null {
  const file = statSync(name, { throwIfNoEntry: false });
  if (file === undefined || !file.isFile() || file.size > envelopeLimits.bytesMax) return null;
  const read = readStep(readBytesUpTo(name, envelopeLimits.bytesMax));
  return read.ok ? read.file : null;
}

function rowOf({ name, file, link, tallies, time, faults }: HistoryEntry, json: boolean) {
  const { step, mark, envelope } = file;
  const signed = tallies.map((tally) => `${tally.signed.length}/${tally.threshold}`).join('+');
  const names = [...new Set(tallies.flatMap((tally) => tally.signed))];
  const who = tallies.length === 0 ? `${envelope.signatures.length}/?` : `${signed} ${names}`;
  return {
    ...{ channel: step.channel, seq: mark.seq },
    sha256: json ? mark.sha256 : mark.sha256.slice(0, shortDigits),
    ...{ link, signed: who, issued: formatRfc3339(step.issuedMs), time },
    ...{ faults: [...faults], reason: step.reason, file: name },
  };
}
