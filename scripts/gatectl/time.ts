/** `gatectl time`: signed times, from one admin's lower bound to what two turn a gate's time back with. */
import { existsSync } from 'node:fs';
import { encodeEnvelope, signEnvelope } from '../../config/crypto/dsse.js';
import type { PrivateKey } from '../../config/crypto/ed25519-key.js';
import { formatRfc3339 } from '../../config/rfc3339.js';
import { systemClock } from '../../hardware/linux/clock.js';
import type { TrustList } from '../../kiosk/credential/trust.js';
import {
  composeTime,
  readTimeFile,
  type TimeFile,
  tallyTime,
} from '../../kiosk/settings/admin/time-file.js';
import { type TimePayload, timeLimits } from '../../kiosk/settings/signed/judge-time.js';
import { brokerOptions } from './broker-options.js';
import { printable } from './collect-output.js';
import {
  type Command,
  type ExitCode,
  readArguments,
  required,
  type Streams,
  UsageError,
  unknownVerb,
} from './command.js';
import { readId } from './config-words.js';
import { readBytesUpTo, readTrustFile, replaceFile } from './files.js';
import { readKeyFile } from './key-files.js';
import { lookAtGate, publishTime } from './time-link.js';
import { counted, readDurationSeconds, readTimeSeconds } from './words.js';

const help = `Usage: gatectl time raise --site SITE --key FILE [--at TIME] [--trust FILE]
                          (--broker URL … [--retain] | --out FILE)
       gatectl time set --site SITE --kiosk ID --broker URL … --key FILE [--at TIME] [--trust FILE] --out FILE
       gatectl time sign FILE --key FILE [--trust FILE]
       gatectl time send FILE --broker URL … [--trust FILE] [--retain] [--timeout 30s]

For gates that have no time service, and for one whose time is wrong. A signed time makes no clock trusted:
what is over by it is over, and nothing more is granted.

raise  says that a moment (now, or --at) has been. One signature moves a gate by a day at most, in all;
       with --out it is a file that others sign, and as many as the threshold move it as far as it says.
       No gate answers: gatectl fleet shows their clocks, and a journal what its gate has made of it
set    says to one gate what time it is, and turns it back, too: the only way there is. It names what the
       gate shows just now, so the gate must be on line, and the file is good for half a day and once
sign   one more signature onto such a file; pass it on until there are enough: two, or the list's threshold
send   brings it to the broker; of a set it waits until the gate has done it

  --retain   the broker keeps a raise for gates that come later; a set is never kept
  --trust    the list in force: says whether a key counts, and how many signatures are missing; what no
             gate would take by it is not sent
  --broker URL [--ca FILE --cert FILE --key-file FILE] [--protocol 5|4]   as gatectl config flash takes them
  --key FILE [--passphrase-file FILE]   an admin's key, or for a raise a time service's

Exit code 0 fine; 1 the broker or the gate does not take it; 2 wrong usage.
`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const options = {
  ...brokerOptions,
  ...{ site: text, kiosk: text, at: text, key: text, 'passphrase-file': text, trust: text },
  ...{ out: text, timeout: text, retain: flag },
} as const;
type Values = ReturnType<typeof readArguments<typeof options>>['values'];

const verbs = ['raise', 'set', 'sign', 'send'] as const;

export const timeCommand: Command = {
  summary: 'tell gates what time it is: a lower bound by one, or set by two admins',
  help,
  async run(args, streams) {
    const [word = '', ...rest] = args;
    const verb = verbs.find((known) => known === word);
    if (verb === undefined) throw unknownVerb('time', word, verbs);
    const { values, positionals } = readArguments(rest, options, 1);
    const [file] = positionals;
    if (verb === 'raise' || verb === 'set') {
      if (file !== undefined) throw new UsageError(`one argument too many: ${file}`);
      return await (verb === 'raise' ? raise : set)(values, streams);
    }
    return await (verb === 'sign' ? sign : send)(required(file, 'a FILE'), values, streams);
  },
};

async function raise(values: Values, streams: Streams): Promise<ExitCode> {
  const site = readId(required(values.site, '--site'), '--site');
  if ((values.out === undefined) === (values.broker === undefined))
    throw new UsageError('one of --broker and --out is expected');
  const key = await readKey(values, streams);
  const payload = { site, purpose: 'raise', at: readAt(values.at) } as const;
  return await signed(payload, key, values, streams);
}

async function set(values: Values, streams: Streams): Promise<ExitCode> {
  const site = readId(required(values.site, '--site'), '--site');
  const kiosk = readId(required(values.kiosk, '--kiosk'), '--kiosk');
  required(values.out, '--out');
  const key = await readKey(values, streams);
  const looked = await lookAtGate(values, site, kiosk);
  if (!looked.ok) return no(streams, looked.why);
  const { challenge, at: theirs, clock } = looked.shown;
  await streams.out(`${kiosk} has ${printable(theirs)}, clock ${printable(clock)}\n`);
  // After the look: the passphrase and the network take a while.
  const at = readAt(values.at);
  const payload = { site, purpose: 'set', kiosk, challenge: challenge ?? '', at } as const;
  return await signed(payload, key, values, streams);
}

/** Signs; writes the file, or sends it where there is none to be passed on. */
async function signed(
  payload: TimePayload,
  key: PrivateKey,
  values: Values,
  streams: Streams,
): Promise<ExitCode> {
  const trust = values.trust === undefined ? null : readTrustFile(values.trust);
  if (trust !== null) refuseUseless(key, payload.purpose, trust);
  const bytes = encodeEnvelope(signEnvelope(composeTime(payload), key));
  const file = readBytes(bytes, 'the new time');
  if (values.out === undefined) return await published(file, values, streams);
  if (existsSync(values.out)) throw new UsageError(`${values.out} exists and is not overwritten`);
  replaceFile(values.out, Buffer.from(bytes).toString('utf8'));
  await tell(file, trust, streams);
  return 0;
}

async function sign(path: string, values: Values, streams: Streams): Promise<ExitCode> {
  const before = readFile(path);
  const key = await readKey(values, streams);
  const trust = values.trust === undefined ? null : readTrustFile(values.trust);
  if (trust !== null) refuseUseless(key, before.payload.purpose, trust);
  const bytes = encodeEnvelope(signEnvelope(before.envelope, key));
  const file = readBytes(bytes, path);
  replaceFile(path, Buffer.from(bytes).toString('utf8'));
  await tell(file, trust, streams);
  return 0;
}

async function send(path: string, values: Values, streams: Streams): Promise<ExitCode> {
  return await published(readFile(path), values, streams);
}

async function published(file: TimeFile, values: Values, streams: Streams): Promise<ExitCode> {
  const { payload } = file;
  if (values.trust !== undefined) refuseUncounted(file, readTrustFile(values.trust));
  if (values.retain === true && payload.purpose === 'set')
    throw new UsageError('a gate takes no set that a broker has kept: leave --retain out');
  const waitSeconds = readDurationSeconds(values.timeout ?? '30s', '--timeout');
  const result = await publishTime(values, file, values.retain === true, waitSeconds);
  if (!result.ok) return no(streams, result.why);
  await streams.out(`${result.words}\n`);
  return 0;
}

function no(streams: Streams, why: string): ExitCode {
  streams.err(`gatectl time: ${why}\n`);
  return 1;
}

function readKey(values: Values, streams: Streams): Promise<PrivateKey> {
  return readKeyFile(required(values.key, '--key'), values['passphrase-file'], streams);
}

/** Now by this machine's clock, or the moment given, in the one spelling of records. */
function readAt(word: string | undefined): string {
  const seconds = word === undefined ? null : readTimeSeconds(word, '--at');
  return formatRfc3339(seconds === null ? systemClock().now().wallMs : Math.round(seconds * 1_000));
}

function readFile(path: string): TimeFile {
  return readBytes(readBytesUpTo(path, timeLimits.bytesMax), path);
}

function readBytes(bytes: Uint8Array, name: string): TimeFile {
  const read = readTimeFile(bytes);
  if (read.ok) return read.file;
  throw new UsageError(`${name}: ${read.problem}`);
}

function refuseUseless(key: PrivateKey, purpose: TimePayload['purpose'], trust: TrustList): void {
  const { text: own, kid } = key.publicKey;
  const isAdmin = trust.admins.some((it) => it.key.text === own && it.roles.has('time'));
  const isService = trust.time.some((it) => it.key.text === own);
  if (isAdmin || (isService && purpose === 'raise')) return;
  throw new UsageError(`kid ${kid} has no role time on this list: its signature would not count`);
}

/** A gate would say nothing but in its log. */
function refuseUncounted(file: TimeFile, trust: TrustList): void {
  const { signed: by, threshold, services } = tallyTime(file, trust);
  if (file.payload.purpose === 'raise') {
    if (by.length + services.length > 0) return;
    throw new UsageError(
      'nobody with the role time on this list has signed it, and no time service: it is not sent',
    );
  }
  if (by.length < threshold)
    throw new UsageError(
      `signed by ${by.length} of the ${threshold} that this list asks for: it is not sent`,
    );
}

async function tell(file: TimeFile, trust: TrustList | null, streams: Streams): Promise<void> {
  const { payload, envelope } = file;
  const what = payload.purpose === 'set' ? `sets ${payload.kiosk} to` : 'raises every gate to';
  const lines = [`${payload.site}: ${what} ${payload.at}`];
  if (trust === null)
    lines.push(
      `${counted(envelope.signatures.length, 'signature')}; --trust FILE tells which count`,
    );
  else {
    const { signed: by, threshold } = tallyTime(file, trust);
    const missing = Math.max(0, threshold - by.length);
    lines.push(`signed     ${by.length} of ${threshold}: ${by.map(printable).join(', ')}`);
    lines.push(missing === 0 ? 'gatectl time send brings it' : `pass the file on: ${missing} more`);
  }
  await streams.out(`${lines.join('\n')}\n`);
}
