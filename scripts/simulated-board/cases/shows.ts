/** What people show at a gate, all of it, in the usual order; and what a guard does beside it. */
import type { IdCard } from '../../../drivers/id-card-reader/id-card.js';
import type { Purpose } from '../../../kiosk/credential/claims.js';
import type { Change } from '../papers.js';
import type { Stage } from '../stage.js';

/** Body temperatures in degrees Celsius. */
export const healthy = 36.5;
export const feverish = 38.1;
/** Harbin in February. */
export const outsideCelsius = -20;
/** Longer than the silence that ends an attempt. */
export const silentMs = 31_000;
/** Dates of a paper that has just run out. */
export const hasExpired = { from: -7_200, until: -1 } as const satisfies Change;

/** A card whose chip answers with a text that is none. */
export const unreadable: Uint8Array = new Uint8Array(256).fill(0xff);

/** The same person's card with another last day; null: 长期 */
export function validUntil(person: IdCard, validTo: string | null): IdCard {
  return { ...person, validTo };
}

/** A staff member shows everything and is granted. */
export async function staffIsGranted(stage: Stage, campusId: string): Promise<void> {
  await stage.scan(stage.papers.form(campusId));
  await stage.measure(healthy);
  await stage.scan(stage.papers.code(campusId));
}

/** A resident shows pass and ticket, and is measured. */
export async function residentShows(
  stage: Stage,
  household: string,
  ticket: string,
): Promise<void> {
  await stage.scan(stage.papers.pass(household));
  await stage.measure(healthy);
  await stage.scan(ticket);
}

/** Somebody from outside shows the form and the ID card, and is measured. */
export async function externalShows(
  stage: Stage,
  person: IdCard,
  purpose: Purpose,
  change: Change = {},
): Promise<void> {
  await stage.scan(stage.papers.externalForm(person, purpose, change));
  await stage.laysCard(person);
  await stage.measure(healthy);
}

/** A visitor shows filing and ID card, and is measured. */
export async function visitorShows(
  stage: Stage,
  person: IdCard,
  host: string,
  change: Change = {},
): Promise<void> {
  await stage.scan(stage.papers.visitFiling(person, host, change));
  await stage.laysCard(person);
  await stage.measure(healthy);
}

/** A resident of an outside unit shows certificate, card and pass, and is measured. */
export async function outsideUnitShows(
  stage: Stage,
  person: IdCard,
  household: string,
  change: Change = {},
): Promise<void> {
  await stage.scan(stage.papers.certificate(person, change));
  await stage.laysCard(person);
  await stage.scan(stage.papers.pass(household));
  await stage.measure(healthy);
}

/** A guard comes on duty; what is judged begins afterwards. */
export async function guardComes(stage: Stage, guardId: string): Promise<void> {
  await stage.badge(guardId);
  stage.begin();
}

/** Somebody back from outside lays the ID card, is measured, and the guard chooses the case and asks. */
export async function returns(
  stage: Stage,
  person: IdCard,
  rule: `returning-${string}`,
  attests: readonly string[],
): Promise<void> {
  await stage.laysCard(person);
  await stage.measure(healthy);
  await stage.confirm(`case:${rule}`);
  for (const what of attests) await stage.confirm(`attest:${what}`);
}

/** The guard says how many days ago the person arrived. */
export async function saysDay(stage: Stage, daysBack: number): Promise<void> {
  for (let day = 0; day < daysBack; day += 1) await stage.press('next');
  await stage.confirm('day:');
}
