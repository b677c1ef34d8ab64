/** The claims of a paper as `gatectl issue` is told them: by its options and their defaults. */
import { randomBytes } from 'node:crypto';
import type { CredentialKindNumber } from '../../config/vocabulary.js';
import type { LooseClaims } from '../../kiosk/credential/claims.js';
import { holderTag } from '../../kiosk/credential/tokens.js';
import { type readArguments, required, type Streams, UsageError } from './command.js';
import { readPepperFile } from './files.js';
import { dateIn, readDay, readDurationSeconds, readTimeSeconds, readWords } from './words.js';

export const claimOptions = {
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
} as const;
type Values = ReturnType<typeof readArguments<typeof claimOptions>>['values'];

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

/**
 * Takes the kind, the options and standard input, for an ID number given there; returns the claims,
 * which the profile has yet to judge. Throws UsageError for what cannot be read.
 */
export async function readClaims(
  kind: CredentialKindNumber,
  values: Values,
  stdin: Streams['stdin'],
): Promise<LooseClaims> {
  const cti = values.cti?.toLowerCase() ?? randomBytes(8).toString('hex');
  return {
    ...readTimes(kind, values),
    sub: values.sub,
    cti,
    kind,
    variant: values.variant,
    holder: await readHolder(cti, values, stdin),
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
  stdin: Streams['stdin'],
): Promise<string | undefined> {
  if (values['id-number'] === undefined) return values.holder?.toLowerCase();
  if (values.holder !== undefined) throw new UsageError('one of --holder and --id-number');
  const pepper = readPepperFile(required(values.pepper, '--pepper'));
  const given = values['id-number'];
  const idNumber = given === '-' ? await readLine(stdin) : given;
  // The number itself is not repeated in the message.
  if (!/^[A-Za-z0-9]{1,32}$/.test(idNumber))
    throw new UsageError('--id-number: letters and digits are expected');
  return holderTag(pepper, cti, idNumber);
}

async function readLine(stdin: Streams['stdin']): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdin) {
    chunks.push(chunk);
    if (chunk.includes(0x0a)) break;
  }
  const [line = ''] = Buffer.concat(chunks).toString('latin1').split('\n');
  return line.replace(/\r$/, '');
}
