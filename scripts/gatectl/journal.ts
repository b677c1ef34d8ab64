/** `gatectl journal`: what a gate has recorded, looked at from outside. */
import { type Command, unknownVerb } from './command.js';
import { runExport } from './journal-export.js';
import { runOpen } from './journal-open.js';
import { runVerify } from './journal-verify.js';

const help = `Usage: gatectl journal verify FILE [--trust TRUST] [--head SEQ:HASH | --receipt RECEIPT] [--json]
       gatectl journal export FILE --out EXPORT [--from N|TIME] [--to N|TIME]
       gatectl journal open FILE --key KEY-FILE --reason TEXT (--seq N | --attempt [RUN/]N | --from … --to …)
                            [--kind id-card|temperature|details] [--audit AUDIT] [--json]

FILE is a gate's journal.db (of a gate that does not run, or a copy with its -wal), an export, or a
collector's database; of the last
  --kiosk GATE --journal ID   name the gate and the journal; verify takes all without them. Any other FILE is
                              refused where it is of another one
Nothing in FILE is changed.

verify  checks the chain, what was signed of it, what was purged, and every sealed part against its
        record; names the first record that is not as it was written
          --trust     the trust list: whose signatures count; without it, or without a key of the gate
                      on it (keys kiosk), none of the gate's is checked
          --site --kiosk   whose it must be; a database without a checkpoint does not say it itself
          --head      a head known from elsewhere: without one, or a checkpoint, a journal that lost
                      its last records cannot be told from a shorter one
          --receipt   a collector's receipt, as it was sent: the same, signed
export  writes records, sealed parts (still sealed), checkpoints and cosignatures into a new file that
        verify reads; from and to that record, or from TIME on until before TIME (RFC 3339)
open    shows what is sealed, by the registry's private key. Who, when, why and which records are
        written into AUDIT (FILE.audit) first; where that cannot be written nothing is opened. Of a journal
        that does not hold it is shown, and said, with exit code 1

Exit code 0 it holds, or is done; 1 it does not hold, or was not done; 2 wrong usage.
`;

const verbs: Readonly<Record<string, Command['run']>> = {
  verify: runVerify,
  export: runExport,
  open: runOpen,
};

export const journalCommand: Command = {
  summary: 'verify, export and open what a gate has recorded',
  help,
  async run(args, streams) {
    const [verb = '', ...rest] = args;
    const run = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
    if (run === undefined) throw unknownVerb('journal', verb, Object.keys(verbs));
    return await run(rest, streams);
  },
};
