/**
 * What a printed paper says: claims in the words of both languages, in the order in which they
 * stand on the page. Of a person it holds a mask at most, and never the tag of an ID number. Pure.
 */
import type { Phrase } from '../../config/policy.js';
import { type Claims, kindNameOf } from '../../kiosk/credential/claims.js';
import { maskId } from '../../kiosk/evidence/mask.js';
import { everyZone, labelWords, paperTitle, roleWords, withIdCard } from './paper-words.js';
import { purposeWords } from './policy-words.js';
import { timeIn } from './words.js';

const daySeconds = 86_400;
/** The exit window of a ticket: its first day and one more (admission: two days). */
const daysAfterFirst = 1;

export interface PaperField {
  readonly label: Phrase;
  /** on one line where they fit, else each on its own */
  readonly values: readonly string[];
  /** what a guard looks for first: larger */
  readonly isMain: boolean;
}

export interface Paper {
  readonly kind: Claims['kind'];
  readonly title: Phrase;
  readonly fields: readonly PaperField[];
  /** hex kid‖cti, as a revocation list names it */
  readonly id: string;
}

/**
 * Takes claims, the issuer's kid (hex) and the site's time zone (undefined: this machine's);
 * returns what the paper says. Throws UsageError for an unknown zone.
 */
export function describePaper(claims: Claims, kid: string, timeZone: string | undefined): Paper {
  const times = [
    field(labelWords.issued, timeIn(claims.iat, timeZone)),
    ...(claims.nbf === undefined
      ? []
      : [field(labelWords.notBefore, timeIn(claims.nbf, timeZone))]),
    field(labelWords.expires, timeIn(claims.exp, timeZone)),
  ];
  return {
    kind: claims.kind,
    title: paperTitle(kindNameOf(claims), claims),
    fields: [...ownFields(claims), ...unitField(claims), ...times],
    id: `${kid}${claims.cti}`,
  };
}

function ownFields(claims: Claims): readonly PaperField[] {
  switch (claims.kind) {
    case 1: {
      const zones = field(labelWords.zones, zoneWords(claims.zones));
      if (claims.variant !== 'external-entry')
        return [field(labelWords.campusId, maskId(claims.sub)), zones];
      const purpose = purposeWords[claims.purpose];
      const use = purpose === undefined ? [] : [field(labelWords.purpose, purpose)];
      return [...holderField(claims.holder), ...use, zones];
    }
    case 2:
      return [
        field(labelWords.campusId, maskId(claims.sub)),
        field(labelWords.role, roleWords[claims.variant], true),
      ];
    case 3:
      return [field(labelWords.household, claims.household, true), ...holderField(claims.holder)];
    case 4:
      return [
        field(labelWords.household, claims.household, true),
        field(labelWords.firstDay, dateOf(claims.day), true),
        field(labelWords.lastDay, dateOf(claims.day + daysAfterFirst), true),
      ];
    case 5:
      return holderField(claims.holder);
    case 6:
      return [
        ...holderField(claims.holder),
        field(labelWords.host, maskId(claims.host)),
        field(labelWords.zones, zoneWords(claims.zones)),
      ];
    case 7:
      return [field(labelWords.guard, maskId(claims.sub), true)];
  }
}

function unitField(claims: Claims): readonly PaperField[] {
  if (claims.unit === undefined) return [];
  if (claims.kind === 6) return [field(labelWords.hostUnit, claims.unit)];
  const isCollege = claims.kind === 2 && claims.variant === 'student';
  return [field(isCollege ? labelWords.college : labelWords.unit, claims.unit)];
}

function holderField(holder: string | undefined): readonly PaperField[] {
  return holder === undefined ? [] : [field(labelWords.holder, withIdCard)];
}

function field(label: Phrase, value: string | Phrase, isMain = false): PaperField {
  return { label, values: typeof value === 'string' ? [value] : [value.zh, value.en], isMain };
}

function zoneWords(zones: readonly string[]): string {
  return zones.map((zone) => (zone === '*' ? `${everyZone.zh} ${everyZone.en}` : zone)).join(', ');
}

/** A ticket's day is a date already, in the site's time zone. */
function dateOf(day: number): string {
  const [date = ''] = new Date(day * daySeconds * 1000).toISOString().split('T');
  return date;
}
