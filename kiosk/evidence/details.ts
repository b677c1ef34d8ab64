/**
 * What the guard enters at the booth's keyboard: looked at, sealed at once, and gone. What leaves
 * here says which fields were entered, household and campus id as tokens, and a temperature.
 */
import { idCardKinds, idNumberFault } from '../../config/id-number.js';
import { type DetailField, detailFields, type IdentitySpace } from '../../config/vocabulary.js';
import type { DetailsEvidence } from '../core/evidence.js';
import { campusIdShape } from '../credential/claim-fields.js';
import { householdBytesMax } from '../credential/claims.js';
import { type Peppers, personToken } from '../credential/tokens.js';
import type { JsonValue } from '../journal/port.js';

/** As it comes from the page: about the attempt of that serial, or about the last emergency. */
export interface DetailsInput {
  readonly attempt: number | null;
  readonly fields: Readonly<Partial<Record<DetailField, string>>>;
  /** the guard has looked at the document once more: its number is taken as it stands there */
  readonly unchecked?: boolean;
}

/** Why an entry is not taken: a stable code, which the page has words for. */
export type DetailFault =
  /** nothing was entered at all */
  | 'empty'
  | 'too-long'
  /** control characters, or halves of characters */
  | 'bad-characters'
  | 'bad-number'
  | 'bad-check-digit'
  /** no number of telephone, people or plate; no campus id; no temperature */
  | 'bad-form'
  /** a temperature that no living person has, or no number of people for one vehicle */
  | 'out-of-range';

export interface DetailProblem {
  /** null: about the whole */
  readonly field: DetailField | null;
  readonly fault: DetailFault;
}

type Read =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly fault: DetailFault };

/** An address of a few lines. */
const lineCharactersMax = 120;
/** The most characters of each. */
const charactersMax: Readonly<Record<DetailField, number>> = {
  name: lineCharactersMax,
  'id-number': 24,
  'campus-address': lineCharactersMax,
  phone: 24,
  'where-from': lineCharactersMax,
  transport: lineCharactersMax,
  household: householdBytesMax,
  'campus-id': 32,
  service: lineCharactersMax,
  people: 3,
  'vehicle-plate': 20,
  temperature: 5,
};

/** Controls, marks that turn the reading direction, unpaired halves, line and paragraph breaks. */
const badCharacters = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u{202a}-\u{202e}\u{2066}-\u{2069}]/u;
const phoneShape = /^[+(]?[0-9][0-9 ()-]{2,}$/;
const plateShape = /^[\p{L}\p{N}][\p{L}\p{N} ·-]+$/u;
/** A whole number of degrees and up to two places, with the point or the comma of any keyboard. */
const temperatureShape = /^([0-9]{2})(?:[.,]([0-9]{1,2}))?$/;
const bodyCentidegreesRange = { min: 3_000, max: 4_500 } as const;
/** Fifteen digits were a resident's number until 2013; no other document has as many. */
const residentLike = /^(?:[0-9]{15,18}|[0-9]{17}X)$/;
const documentNumberShape = /^[A-Z0-9][A-Z0-9-]{3,}$/;

/**
 * @param input what was entered; empty fields count as not entered
 * @param takenMs monotonic milliseconds of now
 * @param tools the site's peppers, and what seals: it returns the part's hash, or null
 * @returns what the core is told, or every problem, one for a field at most; then nothing is sealed
 */
export function detailsEvidence(
  input: DetailsInput,
  takenMs: number,
  tools: { readonly peppers: Peppers; seal(contents: JsonValue): string | null },
): DetailsEvidence | readonly DetailProblem[] {
  const texts: Partial<Record<DetailField, string>> = {};
  const problems: DetailProblem[] = [];
  for (const field of detailFields) {
    const entered = normal(field, input.fields[field] ?? '');
    if (entered === '') continue;
    const read = readField(field, entered, input.unchecked ?? false);
    if (read.ok) texts[field] = read.text;
    else problems.push({ field, fault: read.fault });
  }
  if (problems.length > 0) return problems;
  const fields = detailFields.filter((field) => texts[field] !== undefined);
  if (fields.length === 0) return [{ field: null, fault: 'empty' }];
  const { household, 'campus-id': campusId, temperature } = texts;
  const token = (space: IdentitySpace, text: string | undefined): string | null =>
    text === undefined ? null : personToken(tools.peppers[0], space, text);
  return {
    type: 'details',
    attempt: input.attempt,
    fields,
    ref: tools.seal({ type: 'details', ...texts }),
    household: token('household', household),
    campusId: token('campus-id', campusId),
    bodyCentidegrees: temperature === undefined ? null : Math.round(Number(temperature) * 100),
    takenMs,
  };
}

/** Texts in words; what stands in the others is looked for, counted or compared. */
const wordFields: readonly DetailField[] = [
  'name',
  'campus-address',
  'where-from',
  'transport',
  'service',
];

/** A Chinese keyboard gives full-width digits and letters: outside of words they are the same ones. */
function normal(field: DetailField, text: string): string {
  return text.normalize(wordFields.includes(field) ? 'NFC' : 'NFKC').trim();
}

function readField(field: DetailField, text: string, isUnchecked: boolean): Read {
  if (badCharacters.test(text)) return { ok: false, fault: 'bad-characters' };
  if ([...text].length > charactersMax[field]) return { ok: false, fault: 'too-long' };
  switch (field) {
    case 'id-number':
      return readIdNumber(text.replaceAll(' ', '').toUpperCase(), isUnchecked);
    case 'phone':
      return shaped(text, phoneShape);
    case 'vehicle-plate':
      return shaped(text.toUpperCase(), plateShape);
    case 'people':
      return readPeople(text);
    case 'temperature':
      return readTemperature(text);
    case 'campus-id':
      return shaped(text, campusIdShape);
    case 'household':
      return new TextEncoder().encode(text).length > householdBytesMax
        ? { ok: false, fault: 'too-long' }
        : { ok: true, text };
    default:
      return { ok: true, text };
  }
}

function shaped(text: string, shape: RegExp): Read {
  return shape.test(text) ? { ok: true, text } : { ok: false, fault: 'bad-form' };
}

/** What looks like the number of an ID card must be one; a passport's is only looked at roughly. */
function readIdNumber(number: string, isUnchecked: boolean): Read {
  const faults = idCardKinds.map((kind) => idNumberFault(kind, number));
  if (faults.includes(null)) return { ok: true, text: number };
  if (isUnchecked || !residentLike.test(number)) return shaped(number, documentNumberShape);
  const fault = faults.includes('bad-check-digit') ? 'bad-check-digit' : 'bad-number';
  return { ok: false, fault };
}

function readPeople(text: string): Read {
  if (!/^[0-9]+$/.test(text)) return { ok: false, fault: 'bad-form' };
  return Number(text) === 0
    ? { ok: false, fault: 'out-of-range' }
    : { ok: true, text: String(Number(text)) };
}

/** Written with a point and two places, as hundredths are. */
function readTemperature(text: string): Read {
  const match = temperatureShape.exec(text);
  if (match === null) return { ok: false, fault: 'bad-form' };
  const centidegrees = Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
  const { min, max } = bodyCentidegreesRange;
  if (centidegrees < min || centidegrees > max) return { ok: false, fault: 'out-of-range' };
  return { ok: true, text: (centidegrees / 100).toFixed(2) };
}
