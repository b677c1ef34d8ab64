/** `gatectl enrol`: all that makes a bare board a gate of the site, in one file locked with a passphrase. */
import { randomBytes } from 'node:crypto';
import type { KioskConfig } from '../../config/kiosk-config.js';
import { isSecureBroker } from '../../config/kiosk-config.js';
import { parseKioskConfig } from '../../config/kiosk-config-schema.js';
import { fileBytesMax } from '../../config/read-file.js';
import { parseStrictJsonBytes } from '../../config/strict-json.js';
import { enrolledTls } from '../../kiosk/enrol/board-paths.js';
import { type BrokerIdentity, certificateFacts } from '../../kiosk/enrol/certificate.js';
import { type Enrolment, enrolmentProblems, formatEnrolment } from '../../kiosk/enrol/enrolment.js';
import { makePassphrase, readPassphrase } from '../../kiosk/enrol/passphrase.js';
import { sealFile } from '../../kiosk/enrol/sealed-file.js';
import { nowMs } from './collect-answer.js';
import {
  type Command,
  type ExitCode,
  formatProblems,
  readArguments,
  required,
  type Streams,
  UsageError,
} from './command.js';
import { makeClientIdentity } from './enrol-certificate.js';
import {
  readBytesUpTo,
  readPepperFile,
  readTrustFile,
  refuseExisting,
  writeSecretFile,
} from './files.js';
import { readWords } from './words.js';

const help = `Usage: gatectl enrol --site SITE --kiosk ID --zone NAME:KIND --direction in|out --base FILE
           --trust FILE --pepper FILE [--broker URL] [--ca FOLDER] --out FILE

Makes an enrolment file for one board: who it is, kiosk.json, trust list, pepper, and a fresh key and
certificate for the broker, locked with a passphrase that is printed and stands in no file. Carry the
file to the board (a memory stick), say the passphrase by another way; there gate-kiosk enrol takes both
and prints the board's public key, for gatectl keys kiosk. A dead card or board is replaced the same way.

--site --kiosk     its site and its id there: 1-32 of a-z, 0-9 and -
--zone             as papers name it, and campus-gate or building: north-gate:campus-gate
--base             a kiosk.json: devices, wiring and all the rest come from it, the names above do not
--groups           names between commas; those of --base without it
--trust --pepper   the site's (gatectl keys trust, gatectl keys pepper)
--broker           mqtts://host:port; that of --base without it
--ca               the folder of scripts/broker-ca.sh authority: signs the certificate (openssl); for mqtts
--certificate-days  of the certificate (730)
--days             until the file expires, 30 at most (7)
--passphrase-out   writes the passphrase to a file (mode 0600) and does not print it
--out              the enrolment file (mode 0600), never over another
--json             prints one JSON object
`;

const daysRange = { usual: 7, max: 30 } as const;
const certificateDaysRange = { usual: 730, max: 3_650 } as const;
const dayMs = 86_400_000;
const idBytes = 16;

export const enrolCommand: Command = {
  summary: 'make a file that makes a bare board a gate',
  help,
  run: enrol,
};

async function enrol(args: readonly string[], streams: Streams): Promise<ExitCode> {
  const text = { type: 'string' } as const;
  const { values } = readArguments(
    args,
    {
      site: text,
      kiosk: text,
      zone: text,
      direction: text,
      groups: text,
      base: text,
      trust: text,
      pepper: text,
      broker: text,
      ca: text,
      'certificate-days': text,
      days: text,
      'passphrase-out': text,
      out: text,
      json: { type: 'boolean' },
    } as const,
    0,
  );
  const out = required(values.out, '--out');
  const trustFile = required(values.trust, '--trust');
  readTrustFile(trustFile);
  const pepper = readPepperFile(required(values.pepper, '--pepper'));
  const config = configOf(required(values.base, '--base'), {
    site: required(values.site, '--site'),
    kiosk: required(values.kiosk, '--kiosk'),
    zone: zoneOf(required(values.zone, '--zone')),
    direction: required(values.direction, '--direction'),
    ...(values.groups === undefined ? {} : { groups: readWords(values.groups) }),
    ...(values.broker === undefined ? {} : { broker: values.broker }),
  });
  const days = daysOf(values.days, '--days', daysRange);
  const certificateDays = daysOf(
    values['certificate-days'],
    '--certificate-days',
    certificateDaysRange,
  );
  refuseExisting(out);
  const broker = brokerOf(config, values.ca, certificateDays);
  const issuedMs = nowMs();
  const problems = enrolmentProblems({ config, broker }, issuedMs);
  if (problems.length > 0) throw new UsageError(formatProblems('enrolment', problems));
  const enrolment: Enrolment = {
    id: randomBytes(idBytes).toString('hex'),
    issuedMs,
    expiresMs: issuedMs + days * dayMs,
    config,
    trustText: Buffer.from(readBytesUpTo(trustFile, fileBytesMax)).toString('utf8'),
    pepper,
    broker,
  };
  const passphrase = makePassphrase(randomBytes);
  const passphraseOut = values['passphrase-out'];
  if (passphraseOut !== undefined) writeSecretFile(passphraseOut, `${passphrase}\n`);
  writeSecretFile(out, lock(enrolment, passphrase));
  const answer = answerOf(enrolment, out, passphraseOut === undefined ? passphrase : null);
  await streams.out(values.json === true ? `${JSON.stringify(answer)}\n` : wordsOf(answer));
  return 0;
}

interface Names {
  readonly site: string;
  readonly kiosk: string;
  readonly zone: { readonly name: string; readonly kind: string };
  readonly direction: string;
  readonly groups?: readonly string[];
  readonly broker?: string;
}

/** What a base says of one gate alone is replaced; whoever opens `$schema` on a board finds nothing. */
function configOf(base: string, { broker, ...names }: Names): KioskConfig {
  const json = parseStrictJsonBytes(readBytesUpTo(base, fileBytesMax), fileBytesMax);
  if (!json.ok) throw new UsageError(formatProblems(base, json.problems));
  const { $schema: _, mqtt, ...rest }: Record<string, unknown> = { ...Object(json.value) };
  const { tls: __, ...former }: Record<string, unknown> = { ...Object(mqtt) };
  const url = broker ?? former['broker'];
  const tls = enrolledTls(String(rest['stateDirectory']));
  const isSecure = typeof url === 'string' && isSecureBroker(url) === true;
  const mqttNow =
    url === undefined ? {} : { mqtt: { ...former, broker: url, ...(isSecure && { tls }) } };
  const parsed = parseKioskConfig({ ...rest, ...names, ...mqttNow });
  if (!parsed.ok) throw new UsageError(formatProblems(base, parsed.problems));
  return parsed.config;
}

/** A zone's name may hold a colon, its kind does not. */
function zoneOf(text: string): Names['zone'] {
  const at = text.lastIndexOf(':');
  if (at < 0) throw new UsageError(`--zone ${text} is no NAME:KIND, as north-gate:campus-gate`);
  return { name: text.slice(0, at), kind: text.slice(at + 1) };
}

function daysOf(
  text: string | undefined,
  option: string,
  { usual, max }: { readonly usual: number; readonly max: number },
): number {
  if (text === undefined) return usual;
  const days = /^[1-9]\d{0,4}$/.test(text) ? Number(text) : 0;
  if (days < 1 || days > max) throw new UsageError(`${option} is a number of days, 1-${max}`);
  return days;
}

function brokerOf(
  { kiosk, mqtt }: KioskConfig,
  folder: string | undefined,
  days: number,
): BrokerIdentity | null {
  if (mqtt?.tls !== undefined) return makeClientIdentity(required(folder, '--ca'), kiosk, days);
  if (folder !== undefined) throw new UsageError('--ca is of no use without an mqtts:// broker');
  return null;
}

function lock(enrolment: Enrolment, passphrase: string): Uint8Array {
  const read = readPassphrase(passphrase);
  if (!read.ok) throw new Error('a passphrase that was just made must be one');
  return sealFile(Buffer.from(formatEnrolment(enrolment), 'utf8'), read.digits, randomBytes);
}

interface Answer {
  readonly file: string;
  readonly site: string;
  readonly kiosk: string;
  readonly expires: string;
  readonly certificate: { readonly serial: string; readonly until: string } | null;
  /** secret; null: it stands in the file that was asked for */
  readonly passphrase: string | null;
}

function answerOf(
  { config, expiresMs, broker }: Enrolment,
  file: string,
  passphrase: string | null,
): Answer {
  const facts = broker === null ? null : certificateFacts(broker.certificate);
  const { site, kiosk } = config;
  const certificate =
    facts === null
      ? null
      : { serial: facts.serial, until: new Date(facts.untilMs).toISOString().slice(0, 10) };
  const expires = new Date(expiresMs).toISOString();
  return { file, site, kiosk, expires, certificate, passphrase };
}

function wordsOf({ file, site, kiosk, expires, certificate, passphrase }: Answer): string {
  const lines = [
    `enrolment   ${file}: ${site}/${kiosk}, until ${expires}`,
    ...(certificate === null
      ? []
      : [`certificate ${kiosk}, until ${certificate.until}, number ${certificate.serial}`]),
    ...(passphrase === null ? [] : [`passphrase  ${passphrase}`]),
    `on the board: gate-kiosk enrol --file ${file.split('/').at(-1) ?? file}`,
  ];
  return `${lines.join('\n')}\n`;
}
