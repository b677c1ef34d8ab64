/** How people write kinds, lists, times and durations on a command line. Pure. */
import { parseRfc3339 } from '../../config/rfc3339.js';
import { type CredentialKindNumber, credentialKinds } from '../../config/vocabulary.js';
import { isKindNumber } from '../../kiosk/credential/claims.js';
import { UsageError } from './command.js';

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Takes a kind's name or number; returns its number. Throws UsageError naming all kinds. */
export function readKind(word: string): CredentialKindNumber {
  for (const [text, name] of Object.entries(credentialKinds)) {
    const kind = Number(text);
    if ((word === name || word === text) && isKindNumber(kind)) return kind;
  }
  const names = Object.values(credentialKinds).join(', ');
  throw new UsageError(`${word} is no kind of credential; there are ${names}`);
}

/** Takes a count and what is counted, one of it; returns both: 1 part, 2 parts. */
export function counted(count: number, one: string): string {
  return count === 1 ? `1 ${one}` : `${count} ${one}s`;
}

/** Takes words between commas; returns them. An empty word is kept, and refused where it is used. */
export function readWords(text: string): readonly string[] {
  return text.split(',');
}

/** Takes an RFC 3339 time; returns seconds since 1970, with a fraction. Throws UsageError. */
export function readTimeSeconds(text: string, option: string): number {
  const milliseconds = parseRfc3339(text);
  if (milliseconds === null)
    throw new UsageError(
      `${option} ${text} is no RFC 3339 time, such as 2020-02-10T08:00:00+08:00`,
    );
  return milliseconds / 1000;
}

/** Takes a duration such as 90s, 10m, 12h, 4d; returns seconds. Throws UsageError. */
export function readDurationSeconds(text: string, option: string): number {
  const match = /^([1-9]\d{0,8})([smhd])$/.exec(text);
  if (match === null) throw new UsageError(`${option} ${text} is no duration, such as 10m or 4d`);
  return Number(match[1]) * (unitSeconds[match[2] ?? ''] ?? 0);
}

/** Takes whole seconds; returns them as `readDurationSeconds` reads them, in the largest unit that holds them whole. */
export function durationWords(seconds: number): string {
  const units = Object.entries(unitSeconds).toReversed();
  const [unit, size] = units.find(([, each]) => seconds % each === 0) ?? ['s', 1];
  return `${seconds / size}${unit}`;
}

/** Takes a date, 2020-02-10; returns days since 1970-01-01. Throws UsageError. */
export function readDay(text: string, option: string): number {
  const milliseconds = parseRfc3339(`${text}T00:00:00Z`);
  if (milliseconds === null) throw new UsageError(`${option} ${text} is no date, as 2020-02-10`);
  return milliseconds / 86_400_000;
}

/**
 * Takes a time in seconds and an IANA time zone (undefined: this machine's); returns the date
 * there, 2020-02-10. Throws UsageError for an unknown zone.
 */
export function dateIn(seconds: number, timeZone: string | undefined): string {
  const part = partsIn(seconds, timeZone);
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}

/**
 * Takes the same; returns date, time of day and offset there, 2020-02-10 08:00 +08:00, the started
 * minute not counted. Throws UsageError for an unknown zone.
 */
export function timeIn(seconds: number, timeZone: string | undefined): string {
  const part = partsIn(seconds, timeZone);
  // UTC itself is "GMT" without an offset.
  const offset = part('timeZoneName').replace('GMT', '') || '+00:00';
  return `${dateIn(seconds, timeZone)} ${part('hour')}:${part('minute')} ${offset}`;
}

function partsIn(seconds: number, timeZone: string | undefined) {
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      ...(timeZone === undefined ? {} : { timeZone }),
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'longOffset',
    });
    const parts = new Map<string, string>(
      format.formatToParts(seconds * 1000).map(({ type, value }) => [type, value]),
    );
    return (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
  } catch {
    throw new UsageError(`--time-zone ${timeZone} is unknown; it looks like Asia/Shanghai`);
  }
}
