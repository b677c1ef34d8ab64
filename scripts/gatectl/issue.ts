/** `gatectl issue`: one credential, as text and as a QR code. */
import { randomBytes } from 'node:crypto';
import type { CredentialKindNumber } from '../../config/vocabulary.js';
import { type LooseClaims, listClaims } from '../../kiosk/credential/claims.js';
import { ProfileError, sealClaims } from '../../kiosk/credential/issue.js';
import { holderTag } from '../../kiosk/credential/tokens.js';
import { type Command, readArguments, required, type Streams, UsageError } from './command.js';
import { readKeyFile, readPepperFile } from './files.js';
import { drawQr, paintQr, qrVersionMax } from './qr.js';
import {
  dateIn,
  readDay,
  readDurationSeconds,
  readKind,
  readTimeSeconds,
  readWords,
} from './words.js';

const help = `Usage: gatectl issue KIND --key FILE [options]

KIND and what it needs (in brackets: may have):
  approval-form           --variant staff-entry|lab-duty --sub ID --zones ZONE,… [--unit]
                          --variant external-entry --purpose research|service|logistics
                            --zones ZONE,… HOLDER [--unit]
  campus-card-code        --variant staff --sub ID [--unit] | --variant student --sub ID --unit COLLEGE
  residence-pass          --household WORD [HOLDER] [--unit]
  exit-entry-ticket       --household WORD [--day DATE] [--unit]
  resumption-certificate  [HOLDER] [--unit]
  visit-filing            --zones ZONE,… --unit HOST-UNIT --host ID HOLDER
  guard-badge             --sub ID [--unit]
HOLDER is --id-number NUMBER --pepper FILE (- reads the number from standard input, which keeps it
out of the shell's history), or --holder HEX where an office makes the tag itself.

  --issued TIME --not-before TIME --expires TIME   RFC 3339; issued now by default
  --lasts DURATION   instead of --expires: 90s 10m 12h 4d; by default a code 10m, a badge 12h,
                     a ticket 4d, a filing or form 7d, a pass or certificate 30d
  --day DATE         first of the ticket's two days; today in --time-zone by default
  --time-zone ZONE   the site's, e.g. Asia/Shanghai; this machine's by default
  --cti HEX          8 bytes; random by default
  --phone            a QR code for a phone's screen (level M) instead of paper (level Q)
  --qr               the picture of the QR code also where the output is no terminal
  --json             one JSON object instead
`;

const options = {
  key: { type: 'string' },
  variant: { type: 'string' },
  sub: { type: 'string' },
  holder: { type: 'string' },
  'id-number': { type: 'string' },
  pepper: { type: 'string' },
  household: { type: 'string' },
  zones: { type: 'string' },
  unit: { type: 'string' },
  host: { type: 'string' },
  purpose: { type: 'string' },
  day: { type: 'string' },
  'time-zone': { type: 'string' },
  issued: { type: 'string' },
  'not-before': { type: 'string' },
  expires: { type: 'string' },
  lasts: { type: 'string' },
  cti: { type: 'string' },
  phone: { type: 'boolean' },
  qr: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;
type Values = ReturnType<typeof readArguments<typeof options>>['values'];

const day = 86_400;
/** Codes, tickets, filings and badges as long as the policy allows; the rest for a working while. */
const lifetimeSeconds: Readonly<Record<CredentialKindNumber, number>> = {
  1: 7 * day,
  2: 600,
  3: 30 * day,
  4: 4 * day,
  5: 30 * day,
  6: 7 * day,
  7: day / 2,
};

export const issueCommand: Command = {
  summary: 'issue one credential as text and QR code',
  help,
  async run(args, streams) {
    const { values, positionals } = readArguments(args, options, 1);
    const kind = readKind(required(positionals[0], 'KIND'));
    const key = readKeyFile(required(values.key, '--key'));
    const claims = await readClaims(kind, values, streams);
    const text = seal(() => sealClaims(key, claims));
    const errorCorrection = values.phone === true ? 'M' : 'Q';
    const qr = await drawQr(text, errorCorrection);
    if (qr.version > qrVersionMax)
      throw new UsageError(
        `the QR code needs version ${qr.version}, ${qrVersionMax} at most: shorten ${longest(claims)}` +
          (values.phone === true ? '' : ', or use --phone'),
      );
    const { kid } = key.publicKey;
    if (values.json === true) {
      const shown = { version: qr.version, errorCorrection };
      const id = `${kid}${claims.cti}`;
      const answer = { text, id, kid, claims: listClaims(claims), qr: shown };
      await streams.out(`${JSON.stringify(answer)}\n`);
      return 0;
    }
    await streams.out(`${text}\n`);
    if (values.qr === true || streams.isTerminal)
      await streams.out(`\n${paintQr(qr, streams.isTerminal)}`);
    return 0;
  },
};

async function readClaims(
  kind: CredentialKindNumber,
  values: Values,
  streams: Streams,
): Promise<LooseClaims> {
  const cti = values.cti?.toLowerCase() ?? randomBytes(8).toString('hex');
  return {
    ...readTimes(kind, values),
    sub: values.sub,
    cti,
    kind,
    variant: values.variant,
    holder: await readHolder(cti, values, streams),
    household: values.household,
    zones: values.zones === undefined ? undefined : readWords(values.zones),
    unit: values.unit,
    host: values.host,
    purpose: values.purpose,
    day: readTicketDay(kind, values),
  };
}

function readTimes(kind: CredentialKindNumber, values: Values) {
  if (values.expires !== undefined && values.lasts !== undefined)
    throw new UsageError('one of --expires and --lasts, not both');
  const time = (text: string, option: string) => Math.floor(readTimeSeconds(text, option));
  const iat = issuedSeconds(values);
  const lasts =
    values.lasts === undefined
      ? lifetimeSeconds[kind]
      : readDurationSeconds(values.lasts, '--lasts');
  const exp = values.expires === undefined ? iat + lasts : time(values.expires, '--expires');
  const notBefore = values['not-before'];
  return { exp, iat, nbf: notBefore === undefined ? undefined : time(notBefore, '--not-before') };
}

function issuedSeconds(values: Values, nowMs: number = Date.now()): number {
  const seconds =
    values.issued === undefined ? nowMs / 1000 : readTimeSeconds(values.issued, '--issued');
  return Math.floor(seconds);
}

function readTicketDay(kind: CredentialKindNumber, values: Values): number | undefined {
  if (values.day !== undefined) return readDay(values.day, '--day');
  if (kind !== 4) return undefined;
  return readDay(dateIn(issuedSeconds(values), values['time-zone']), '--day');
}

async function readHolder(
  cti: string,
  values: Values,
  streams: Streams,
): Promise<string | undefined> {
  if (values['id-number'] === undefined) return values.holder?.toLowerCase();
  if (values.holder !== undefined) throw new UsageError('one of --holder and --id-number');
  const pepper = readPepperFile(required(values.pepper, '--pepper'));
  const given = values['id-number'];
  const idNumber = given === '-' ? await readLine(streams.stdin) : given;
  // The number itself is not repeated in the message.
  if (!/^[A-Za-z0-9]{1,32}$/.test(idNumber))
    throw new UsageError('--id-number: letters and digits are expected');
  return holderTag(pepper, cti, idNumber);
}

async function readLine(stdin: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdin) {
    chunks.push(chunk);
    if (chunk.includes(0x0a)) break;
  }
  const [line = ''] = Buffer.concat(chunks).toString('latin1').split('\n');
  return line.replace(/\r$/, '');
}

function seal(make: () => string): string {
  try {
    return make();
  } catch (error) {
    if (error instanceof ProfileError) throw new UsageError(error.message);
    throw error;
  }
}

/** What an issuer can shorten, the longest first. */
function longest(claims: LooseClaims): string {
  const length = (name: 'unit' | 'zones') => JSON.stringify(claims[name] ?? '').length;
  return length('unit') > length('zones') ? '--unit or --zones' : '--zones or --unit';
}
