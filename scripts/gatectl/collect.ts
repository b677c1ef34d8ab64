/** `gatectl collect`: the collector, and every question to what it has stored. */
import { questions } from './collect-ask.js';
import { keeping } from './collect-keep.js';
import { runCollector } from './collect-run.js';
import { type Command, unknownVerb } from './command.js';

const help = `Usage: gatectl collect run --db FILE --broker URL --site SITE --trust FILE --key FILE --name NAME
                           [--shard K/N] [--protocol 5|4] [--unknown-gates collect|ignore]
                           [--ca FILE --cert FILE --key-file FILE] [--passphrase-file FILE]
       gatectl collect passages --db FILE --zone ZONE --from TIME --to TIME [--open KEY-FILE]
       gatectl collect refusals --db FILE --from TIME --to TIME [--by reason|rule|gate|zone]
       gatectl collect tickets  --db FILE --from TIME --to TIME
       gatectl collect notices  --db FILE [--party PARTY] [--all]
       gatectl collect notices  --db FILE --ack ID --party PARTY [--gate GATE]
       gatectl collect gates    --db FILE [--trust FILE]
       gatectl collect silent   --db FILE [--trust FILE] [--minutes N]
       gatectl collect faults   --db FILE [--all] [--losses] [--seen]
       gatectl collect backup FILE  --db FILE
       gatectl collect restore FILE --db FILE
       gatectl collect verify       --db FILE
       gatectl collect import FILE  --db FILE --gate GATE
       gatectl collect accept-loss  --db FILE --gate GATE --journal JOURNAL

run       stores what the gates of a site report, checks every chain, and acknowledges what is on the
          disk; until SIGTERM. On a terminal with a table of the gates, else a line an event
            --key --name      the collector's key file, and its name as the trust list has it
            --shard K/N       only the gates whose number modulo N is K (from 0); see COLLECTOR.md
            --protocol        4 for a broker that has only MQTT 3.1.1
            --unknown-gates   gates that the trust list does not name: collect (the default; their
                              checkpoints stay unverified) or ignore
            --ca --cert --key-file   PEM files, with mqtts://
            --passphrase-file opens a key that is locked; asked for without it
passages  who passed a zone: people as tokens; with --open, the registry's key, also what was read
          from their cards and entered by the guard. That it was opened is written into the database
refusals  how often the gates refused, by reason by default
tickets   every grant that rests on an exit-entry ticket, and what was sensed after it
notices   what is open, and --ack: a party has taken notice; the gate clears it when it has heard;
          --all: also what its gate has cleared while nobody listened
gates     every gate; silent: those from which nothing came for N minutes (15)
faults    gaps, forks, refused messages that are open; --all: also those that have mended themselves;
          --losses: records that were given up; --seen: takes forks and refused messages as seen
backup    one moment of the database into a new file, also while the collector runs
restore   puts a backup in the place of a database that is gone
verify    checks every chain that is stored
import    takes a copy of a gate's journal.db: what the collector lacks and the gate's disk still has
accept-loss   gives up what is missing before a gate's next batch, so that it can go on, or at the end of a
          journal that another one follows: the last resort

--from --to   RFC 3339; from TIME on, until before TIME
--csv --json  instead of a table

Exit code 0 fine; 1 something is silent, open (faults) or was not done; 2 wrong usage.
`;

export const collectCommand: Command = {
  summary: 'collect what gates report, and ask about it',
  help,
  async run(args, streams) {
    const [verb = '', ...rest] = args;
    if (verb === 'run') return await runCollector(rest, streams);
    const verbs = { ...questions, ...keeping };
    const named = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
    if (named === undefined) throw unknownVerb('collect', verb, ['run', ...Object.keys(verbs)]);
    return await named(rest, streams);
  },
};
