/**
 * What the notice asks for, once more and by hand: not read from the policy that the gates run, so
 * that a policy or an evaluation that asks for less is found.
 */
import { attestedIn, identitiesIn, type Row, shownIn } from './readout.js';

type Need = (row: Row) => boolean;

const paper =
  (kind: string, variant: string | null = null, purpose: string | null = null): Need =>
  (row) =>
    shownIn(row).some(
      (it) =>
        it.kind === kind &&
        (variant === null || it.variant === variant) &&
        (purpose === null || it.purpose === purpose),
    );
const card: Need = (row) =>
  row['card'] !== null && identitiesIn(row).some(({ space }) => space === 'id-number');
const said =
  (what: string): Need =>
  (row) =>
    attestedIn(row).some((it) => it.what === what);
const either =
  (...needs: readonly Need[]): Need =>
  (row) =>
    needs.some((need) => need(row));

const code = paper('campus-card-code', 'staff');
const pass = paper('residence-pass');
const certificate = either(paper('resumption-certificate'), said('resumption-certificate'));
const external = (purpose: string): Need => paper('approval-form', 'external-entry', purpose);

const chosen: Need = (row) => row['selected'] === row['rule'];

const needs: Readonly<Record<string, readonly Need[]>> = {
  'returning-tenant': [chosen, card, said('questions'), said('landlord'), said('property-office')],
  'returning-outside-unit': [
    chosen,
    card,
    said('questions'),
    either(pass, said('property-office')),
  ],
  'returning-staff': [chosen, card, said('work-id'), said('questions')],
  'lab-external': [external('research'), card],
  'posted-service': [external('service'), card, certificate],
  'logistics-service': [external('logistics'), card],
  'hosted-visitor': [paper('visit-filing'), card],
  'lab-staff': [paper('approval-form', 'lab-duty'), code],
  'duty-staff': [paper('approval-form', 'staff-entry'), code],
  'resident-outside-unit': [certificate, card, pass],
  resident: [pass, paper('exit-entry-ticket')],
};

/** @returns what a grant rests on too little for, in words */
export function lacksOf(row: Row, direction: string): string[] {
  const rule = String(row['rule']);
  const asked = needs[rule];
  if (asked === undefined) return [`grant ${row.seq} by an unknown rule ${rule}`];
  const missing = asked.flatMap((need, index) => (need(row) ? [] : [index]));
  const faults = missing.map((index) => `grant ${row.seq} by ${rule} without its need ${index}`);
  if (rule === 'hosted-visitor' && direction === 'in' && !code(row))
    faults.push(`grant ${row.seq} to a visitor without a host`);
  if (shownIn(row).some(({ variant }) => variant === 'student'))
    faults.push(`grant ${row.seq} to a student`);
  if (rule.startsWith('returning') && (direction === 'out' || row['isolation'] === undefined))
    faults.push(`grant ${row.seq} to somebody back from outside, not isolated`);
  return faults;
}
