/**
 * RFC 3339 date-times, read strictly: every time outside a credential is one. Pure.
 */
const shape =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/i;
const minuteMs = 60_000;

/**
 * Takes a text; returns milliseconds since 1970-01-01T00:00:00Z (digits beyond are dropped), or
 * null for anything that is not an RFC 3339 §5.6 date-time with its offset. Second 60 is refused:
 * no clock here can show it.
 */
export function parseRfc3339(text: string): number | null {
  const match = shape.exec(text);
  if (match === null) return null;
  const part = (index: number) => Number(match[index] ?? '0');
  const date = new Date(0);
  // Not Date.UTC: it takes the years 0–99 for 1900–1999.
  date.setUTCFullYear(part(1), part(2) - 1, part(3));
  if (date.getUTCMonth() !== part(2) - 1 || date.getUTCDate() !== part(3)) return null;
  if (part(4) > 23 || part(5) > 59 || part(6) > 59 || part(9) > 23 || part(10) > 59) return null;
  const milliseconds = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
  date.setUTCHours(part(4), part(5), part(6), milliseconds);
  const offsetMs = (part(9) * 60 + part(10)) * minuteMs * (match[8] === '-' ? -1 : 1);
  return date.getTime() - offsetMs;
}

/** 9999-12-31T23:59:59.999Z: the last moment that RFC 3339 can write. */
const lastMs = 253_402_300_799_999;

/**
 * Takes milliseconds since 1970; returns RFC 3339 in UTC with milliseconds. What the form cannot
 * write becomes the nearest moment it can, and no number at all 1970: a paper may claim any date,
 * and a clock may be wrong, but writing it down must not fail.
 */
export function formatRfc3339(wallMs: number): string {
  const ms = Number.isNaN(wallMs) ? 0 : Math.min(Math.max(Math.floor(wallMs), 0), lastMs);
  return new Date(ms).toISOString();
}
