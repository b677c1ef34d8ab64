/** `gatectl enrol`: all that makes a bare board a gate of the site, in one file locked with a passphrase. */
import { randomBytes } from 'node:crypto';
import type { KioskConfig } from '../../config/kiosk-config.js';
import { fileBytesMax } from '../../config/read-file.js';
import { type BrokerIdentity, certificateFacts } from '../../kiosk/enrol/certificate.js';
import { type Enrolment, enrolmentProblems, formatEnrolment } from '../../kiosk/enrol/enrolment.js';
import { makePassphrase, readPassphrase } from '../../kiosk/enrol/passphrase.js';
import { type BoardRequest, readRequest } from '../../kiosk/enrol/request-file.js';
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
import { makeIdentity, signRequest } from './enrol-certificate.js';
import { configOf, daysOf, zoneOf } from './enrol-config.js';
import {
  readBytesUpTo,
  readPepperFile,
  readTrustFile,
  refuseExisting,
  replaceFile,
  writeSecretFile,
} from './files.js';
import { extendList } from './trust-list-file.js';
import { readWords } from './words.js';

const help = `Usage: gatectl enrol --site SITE --kiosk ID --zone NAME:KIND --direction in|out --base FILE
           --trust FILE --pepper FILE [--broker URL] [--ca FOLDER] [--request FILE] --out FILE

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
--request          answers gate-kiosk enrol --request: the certificate is for the key that was made on that
                   board, no key travels, and its device key goes onto the trust list at once. Compare
                   the check number with the board's
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
      request: text,
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
  const request = values.request === undefined ? null : requestOf(values.request, config);
  const device = request?.publicKey.text ?? null;
  const broker = brokerOf(config, values.ca, request, certificateDays);
  const issuedMs = nowMs();
  const problems = enrolmentProblems({ config, broker, device }, issuedMs);
  if (problems.length > 0) throw new UsageError(formatProblems('enrolment', problems));
  const enrolment: Enrolment = {
    id: randomBytes(idBytes).toString('hex'),
    issuedMs,
    expiresMs: issuedMs + days * dayMs,
    config,
    trustText: request === null ? textOf(trustFile) : withKiosk(trustFile, request),
    pepper,
    broker,
    device,
  };
  const passphrase = makePassphrase(randomBytes);
  const passphraseOut = values['passphrase-out'];
  if (passphraseOut !== undefined) writeSecretFile(passphraseOut, `${passphrase}\n`);
  writeSecretFile(out, lock(enrolment, passphrase));
  if (request !== null) replaceFile(trustFile, enrolment.trustText);
  const checkNumber = request?.checkNumber ?? null;
  const shown = passphraseOut === undefined ? passphrase : null;
  // The list has the key before anybody has compared the number.
  const undo =
    device === null ? '' : `gatectl keys remove --list ${trustFile} --public-key ${device}`;
  const answer = { ...answerOf(enrolment, out), checkNumber, passphrase: shown };
  await streams.out(values.json === true ? `${JSON.stringify(answer)}\n` : wordsOf(answer, undo));
  return 0;
}

function textOf(file: string): string {
  return Buffer.from(readBytesUpTo(file, fileBytesMax)).toString('utf8');
}

/** What a board has asked for, in the name that it is to have. */
function requestOf(file: string, { site, kiosk }: KioskConfig): BoardRequest {
  const read = readRequest(readBytesUpTo(file, fileBytesMax));
  if (!read.ok) throw new UsageError(formatProblems(file, read.problems));
  const { request } = read;
  if (request.site !== site || request.kiosk !== kiosk)
    throw new UsageError(`${file} asks for ${request.site}/${request.kiosk}`);
  return request;
}

/** The trust list with the board's device key; a list that has it is as it should be. */
function withKiosk(file: string, { kiosk: id, publicKey }: BoardRequest): string {
  const { kiosks } = readTrustFile(file);
  if (kiosks.some((it) => it.id === id && it.key.text === publicKey.text)) return textOf(file);
  return extendList(file, 'kiosks', { id, publicKey: publicKey.text });
}

function brokerOf(
  { kiosk, mqtt }: KioskConfig,
  folder: string | undefined,
  request: BoardRequest | null,
  days: number,
): BrokerIdentity | null {
  if (mqtt?.tls !== undefined) {
    const authority = required(folder, '--ca');
    if (request === null) return makeIdentity(authority, kiosk, days);
    return signRequest(authority, request.certificateRequest, days);
  }
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
  /** of the request that was answered; null: of none */
  readonly checkNumber: string | null;
  /** secret; null: it stands in the file that was asked for */
  readonly passphrase: string | null;
}

function answerOf(
  { config, expiresMs, broker }: Enrolment,
  file: string,
): Omit<Answer, 'checkNumber' | 'passphrase'> {
  const facts = broker === null ? null : certificateFacts(broker.certificate);
  const { site, kiosk } = config;
  const certificate =
    facts === null
      ? null
      : { serial: facts.serial, until: new Date(facts.untilMs).toISOString().slice(0, 10) };
  const expires = new Date(expiresMs).toISOString();
  return { file, site, kiosk, expires, certificate };
}

function wordsOf(answer: Answer, undo: string): string {
  const { file, site, kiosk, expires, certificate, checkNumber, passphrase } = answer;
  const lines = [
    `enrolment   ${file}: ${site}/${kiosk}, until ${expires}`,
    ...(checkNumber === null
      ? []
      : [
          `check       ${checkNumber}: does the board show the same? If not, destroy the file, and`,
          `            ${undo}`,
        ]),
    ...(certificate === null
      ? []
      : [`certificate ${kiosk}, until ${certificate.until}, number ${certificate.serial}`]),
    ...(passphrase === null ? [] : [`passphrase  ${passphrase}`]),
    `on the board: gate-kiosk enrol --file ${file.split('/').at(-1) ?? file}`,
  ];
  return `${lines.join('\n')}\n`;
}
