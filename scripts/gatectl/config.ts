/** `gatectl config`: signed configuration, from a body in a file to what every gate goes by. */

import { type Command, unknownVerb } from './command.js';
import { diffSteps } from './config-diff.js';
import { flashSteps } from './config-flash.js';
import { showHistory } from './config-history.js';
import { newStep } from './config-new.js';
import { signStep } from './config-sign.js';
import { showStatus } from './config-status.js';

const help = `Usage: gatectl config new --channel CHANNEL --site SITE --body FILE --reason TEXT
                          (--seq N [--prev-sha256 HEX] | --previous STEP) [--target all|kiosk:ID,…|group:NAME,…]
                          [--expires TIME|90d] [--issued TIME] [--requires trust=3,…] [--min-version 1.2.3]
                          [--probation SECONDS] [--self-test FILE] [--out FILE] [--blobs FOLDER] [--unchecked]
       gatectl config sign STEP --key FILE… [--trust FILE] [--passphrase-file FILE…] [--out FILE]
       gatectl config diff OLD NEW [--channel CHANNEL] [--blobs FOLDER]
       gatectl config history FOLDER|STEP… [--trust FILE]
       gatectl config flash STEP… --broker URL [--to ID,…] [--trust FILE] [--stages 1,10,100%]
                            [--timeout 15m] [--blobs FOLDER] [--no-wait]
                            [--ca FILE --cert FILE --key-file FILE] [--protocol 5|4]
       gatectl config flash STEP --dry-run DATABASE [--since 7d] [--to ID,…] [--shown 10] [--blobs FOLDER]
       gatectl config status --site SITE --broker URL [--trust FILE]
                            [--ca FILE --cert FILE --key-file FILE] [--protocol 5|4]

new      makes the step that nobody has signed yet: CHANNEL-SEQ.json, a DSSE envelope. The body is read as
         a gate reads it, a policy in every case of it (--unchecked leaves that to the gates)
           --previous   the step before it: gives site, number and hash
           --target     every gate by default; trust is always for all
           --expires    365d by default; a gate goes on with what is expired, with an alarm
           --probation  600 by default for policy and device: what goes wrong meanwhile takes it back
           --self-test  a JSON array of decisions that it must lead to
           --blobs      where a body goes that is too large for a message (blobs beside STEP by default)
sign     puts one admin's signature onto STEP, to be passed on to the next; with the trust list in force
         it says whose signatures count, and how many are missing. Several --key sign in turn, the first
         --passphrase-file for the first
diff     what NEW changes, each a step or, with --channel, a body: for whom a policy decides otherwise,
         which keys come and go, what is revoked; and whether one signature is enough
history  the steps in order: does each name the one before it, who has signed, what is expired.
         --trust is the list at the beginning, before the first trust step there
flash    brings steps to the broker, where they stay, and tells of every gate until it goes by them, or has
         refused them or gone back; a gate that is away takes them when it comes. Nothing is published that
         stands behind a later step, there or at a gate, has the number of another, or does not name the
         one before it
           --to       only these gates (for a target of groups they must be named)
           --trust    the list in force: what has too few signatures is not sent; its gates are waited for
           --stages   policy and device: first one gate, then ten, then all; the first that refuses it
                      or goes back ends it, and the others keep what they have
           --timeout  how long a stage may take: the probation and 5 minutes by default
           --no-wait  only publishes; not with --stages, which wait
           --dry-run  publishes nothing: a step, signed or not, is tried on what a collector's DATABASE has
                      of its gates. A policy decides again: what would be decided otherwise; what
                      needs a sealed value is undecidable. It is asked of the evidence on record: who
                      turned away at once does not come back. Of revocations, and of a trust list:
                      which grants rest on a paper that it refuses
           --since    how far back from the newest record there: a week by default
status   what stands at the broker for each gate, and what each goes by

--json   prints JSON

Exit code 0 fine; 1 they differ (diff, flash --dry-run), something does not hold (history), or a gate does
not go by it, or would not (flash, status); 2 wrong usage, or a body or step that no gate would take.
`;

const verbs: Readonly<Record<string, Command['run']>> = {
  new: newStep,
  sign: signStep,
  diff: diffSteps,
  history: showHistory,
  flash: flashSteps,
  status: showStatus,
};

export const configCommand: Command = {
  summary: 'make, sign and compare configuration, bring it to the gates',
  help,
  async run(args, streams) {
    const [verb = '', ...rest] = args;
    const run = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
    if (run === undefined) throw unknownVerb('config', verb, Object.keys(verbs));
    return await run(rest, streams);
  },
};
