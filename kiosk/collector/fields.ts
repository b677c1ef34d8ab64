/** What of a record gets columns of its own, so that questions need not read every record. Pure. */

export interface RecordFields {
  readonly type: string;
  /** milliseconds since 1970; null for what is no time */
  readonly atMs: number | null;
  /** of a decision or an override */
  readonly zone: string | null;
  /** of a passage: the number of the record that let it happen */
  readonly grantSeq: number | null;
  readonly bootId: string | null;
  readonly attempt: number | null;
}

const recordTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/**
 * @param record any JSON object: the chain says that it is its gate's, not that it is well made
 * @returns what of it can be looked for; null where it is missing or of another kind
 */
export function fieldsOf(record: Readonly<Record<string, unknown>>): RecordFields {
  const { type, at, zone, bootId } = record;
  return {
    type: typeof type === 'string' ? type : '',
    atMs: typeof at === 'string' ? timeOf(at) : null,
    zone: typeof zone === 'string' ? zone : null,
    grantSeq: wholeNumber(record['grant']),
    bootId: typeof bootId === 'string' ? bootId : null,
    attempt: wholeNumber(record['attempt']),
  };
}

function timeOf(text: string): number | null {
  const ms = recordTime.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}

function wholeNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
}
