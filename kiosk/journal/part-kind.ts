/** Of which kind the sealed part beside a record is: the gate cannot open it, its record tells. Pure. */

/** As the contents' own `type` says (RECORDS.md). */
export const partKinds = ['id-card', 'temperature', 'details'] as const;
export type PartKind = (typeof partKinds)[number];

/**
 * @param record that has a member `sealed`, parsed
 * @returns `details` beside what the guard entered, `temperature` beside a decision that is no grant
 *   (a fever's), `id-card` beside a grant, an override and whatever else
 */
export function partKind(record: Readonly<Record<string, unknown>>): PartKind {
  const { type, outcome } = record;
  if (type === 'details' || type === 'emergency-details') return 'details';
  return type === 'decision' && outcome !== 'grant' ? 'temperature' : 'id-card';
}
