/** `gatectl replay`: a journal's decisions made again, by the policy they were made by or another. */

import { problemLines, readPolicyFile, shippedPolicyPath } from '../../config/load.js';
import {
  byPolicy,
  isAllSame,
  type JournalReplay,
  replayJournal,
} from '../../kiosk/history/replay.js';
import { hashOfPolicy } from '../../kiosk/settings/gate-settings.js';
import { jsonLine } from './collect-output.js';
import { type Command, readArguments, required, UsageError } from './command.js';
import {
  openFile,
  rangeOptions,
  readRange,
  refuseOtherGate,
  sourceOptions,
} from './journal-source.js';
import { startProgress } from './progress.js';
import { replayWords } from './replay-words.js';

const help = `Usage: gatectl replay FILE [--policy FILE] [--from X] [--to X] [--json]
                       [--kiosk ID] [--journal ID]

Makes every decision of a journal again, from its own record alone, and demands the same: outcome,
rule, clause, reasons, who is told. The lane's inputs are gone through again likewise, and must lead
to the same passages. Whether the records are genuine is \`gatectl journal verify\`'s to say.

FILE           a gate's database (the gate stopped, or a copy), an export, or a collector's database
--policy FILE  decide by this policy; the shipped one of notice No. 8 by default. Decisions made
               under another one are counted, and what would be decided otherwise is listed. It is
               asked what it says of the evidence on record: what the gate had refused or dropped
               before does not come back
--from, --to   the records of these numbers, or of these RFC 3339 times
--kiosk, --journal
               of a collector's database: only the journals of this gate, only this one
--json         prints one JSON object

undecidable    a sealed value would be needed, or more than the record holds

Exit code 0 if everything comes out the same, 1 if something does not or the journal cannot be read to
its end, 2 for wrong usage.
`;

const options = {
  ...sourceOptions,
  ...rangeOptions,
  policy: { type: 'string' },
  json: { type: 'boolean' },
} as const;

export const replayCommand: Command = {
  summary: 'make a journal’s decisions again and compare',
  help,
  async run(args, streams) {
    const { values, positionals } = readArguments(args, options, 1);
    const file = required(positionals[0], 'FILE');
    const policyFile = values.policy ?? shippedPolicyPath;
    const read = readPolicyFile(policyFile);
    if (!read.ok) throw new UsageError(problemLines(read.problems).join('\n'));
    const policy = read.value;
    const policyHash = hashOfPolicy(policy);
    const opened = openFile(file, values);
    if ('ok' in opened) {
      streams.err(`gatectl replay: ${file}: ${opened.detail}\n`);
      return 1;
    }
    const progress = startProgress(streams);
    const replays: JournalReplay[] = [];
    try {
      refuseOtherGate(file, opened, values);
      for (const source of opened.sources) {
        const name = source.kiosk ?? source.journal;
        replays.push(
          replayJournal(source, {
            ...{ by: byPolicy(policy, policyHash), ...readRange(source, values) },
            progress: (count) => progress.tell(`${name}: ${count} records …`),
          }),
        );
      }
    } finally {
      progress.done();
      opened.close();
    }
    if (replays.every(({ records, fault }) => records === 0 && fault === null))
      throw new UsageError(`${file} has no records of these numbers: nothing was replayed`);
    const ok = replays.every(isAllSame);
    const answer = { file, ok, policy: policyHash, journals: replays };
    if (values.json === true) await streams.out(jsonLine(answer));
    else {
      const by = { hash: policyHash, isShipped: values.policy === undefined };
      for (const replay of replays) await streams.out(replayWords(file, by, replay));
    }
    return ok ? 0 : 1;
  },
};
