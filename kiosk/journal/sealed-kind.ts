/** Which kind of sealed part stands beside which record: retention and verification go by it. Pure. */

export const sealedKinds = ['id-card', 'temperature', 'details'] as const;
export type SealedKind = (typeof sealedKinds)[number];

/**
 * Takes a record, parsed; returns the kind of the part whose hash it carries as `sealed`. Null: it
 * carries none, or is of a type that has none.
 */
export function sealedKindOf(record: Readonly<Record<string, unknown>>): SealedKind | null {
  if (typeof record['sealed'] !== 'string') return null;
  const { type } = record;
  if (type === 'details' || type === 'emergency-details') return 'details';
  if (type === 'override') return 'id-card';
  if (type !== 'decision') return null;
  // A grant registers whose card was read; what else is decided has only a fever to seal.
  return record['outcome'] === 'grant' ? 'id-card' : 'temperature';
}
