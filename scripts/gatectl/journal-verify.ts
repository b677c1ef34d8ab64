/** `gatectl journal verify`: does a journal hold, and if not, which record is the first that does not. */

import { faultWords } from '../../kiosk/history/fault.js';
import { type JournalCheck, verifyJournal } from '../../kiosk/history/verify.js';
import type { Head } from '../../kiosk/journal/chain.js';
import { parseReceipt, type Receipt, receiptBytesMax } from '../../kiosk/report/receipt.js';
import { jsonLine } from './collect-output.js';
import { type ExitCode, readArguments, required, type Streams, UsageError } from './command.js';
import { readBytesUpTo, readTrustFile } from './files.js';
import { onlySource, openFile, sourceOptions } from './journal-source.js';
import { checkWords } from './journal-words.js';
import { startProgress } from './progress.js';

const text = { type: 'string' } as const;
const options = {
  ...sourceOptions,
  site: text,
  trust: text,
  head: text,
  receipt: text,
  json: { type: 'boolean' },
} as const;

/** Takes the arguments; prints what was found. @returns 1 where something does not hold */
export async function runVerify(args: readonly string[], streams: Streams): Promise<ExitCode> {
  const { values, positionals } = readArguments(args, options, 1);
  const file = required(positionals[0], 'FILE');
  const keys = values.trust === undefined ? null : readTrustFile(values.trust);
  const head = values.head === undefined ? null : readHead(values.head);
  const receipt = values.receipt === undefined ? null : readReceipt(values.receipt);
  const opened = openFile(file, values);
  if ('ok' in opened) {
    const { why, detail } = opened;
    if (values.json === true)
      await streams.out(jsonLine({ file, ok: false, journals: [], why, detail }));
    else await streams.out(`${file}: DOES NOT HOLD: it is damaged (${detail})\n`);
    return 1;
  }
  const progress = startProgress(streams);
  const checks: JournalCheck[] = [];
  try {
    // What is known of one journal says nothing of another.
    if (head !== null || receipt !== null) onlySource(file, opened);
    for (const source of opened.sources) {
      const name = source.kiosk ?? source.journal;
      const check = verifyJournal(source, {
        ...{ keys, head, receipt, site: values.site ?? null, kiosk: values.kiosk ?? null },
        progress: (count) => progress.tell(`${name}: ${count} records …`),
      });
      checks.push(check);
    }
  } finally {
    progress.done();
    opened.close();
  }
  const ok = checks.every(({ fault }) => fault === null);
  const journals = checks.map(withWords);
  if (values.json === true) await streams.out(jsonLine({ file, ok, journals }));
  else for (const check of checks) await streams.out(checkWords(check));
  return ok ? 0 : 1;
}

/** A program reads the code, a person what it means. */
function withWords(check: JournalCheck) {
  const { fault } = check;
  return { ...check, fault: fault === null ? null : { ...fault, words: faultWords(fault) } };
}

function readHead(value: string): Head {
  const [, seq, hash] = /^([1-9][0-9]{0,14}):([0-9a-f]{64})$/.exec(value) ?? [];
  if (seq === undefined || hash === undefined)
    throw new UsageError(`--head ${value} is no SEQ:HASH, a record’s number and 64 hex digits`);
  return { seq: Number(seq), hash };
}

function readReceipt(file: string): Receipt {
  const receipt = parseReceipt(readBytesUpTo(file, receiptBytesMax));
  if (receipt === null) throw new UsageError(`${file}: this is no collector’s receipt`);
  return receipt;
}
