/** The people of a small campus: who lives there, who works there, who has no business there. */
import { createHmac } from 'node:crypto';
import type { IdentitySpace } from '../../config/vocabulary.js';
import type { IdCard } from '../../drivers/id-card-reader/id-card.js';
import type { Random } from '../../hardware/simulated/random.js';
import { crowd } from '../../scripts/simulated-board/people.js';

export type PersonKind =
  | 'resident'
  | 'outside-unit'
  | 'staff'
  | 'lab-staff'
  | 'collaborator'
  | 'posted'
  | 'logistics'
  | 'student'
  | 'visitor'
  | 'returnee'
  | 'child'
  | 'stranger';

export interface Household {
  readonly id: string;
  readonly token: string;
  readonly members: Person[];
  /** texts of what the property office gave them */
  pass: string | null;
  ticket: {
    readonly text: string;
    readonly id: string;
    readonly day: number;
    /** somebody went out on it while another was out: whose its way back is, nobody can tell */
    isShared?: true;
  } | null;
}

export interface Person {
  readonly serial: number;
  readonly kind: PersonKind;
  readonly card: IdCard;
  readonly campusId: string | null;
  readonly household: Household | null;
  /** by space, as the gates would make them of the site's newest pepper */
  readonly tokens: Readonly<Partial<Record<IdentitySpace, string>>>;
  isInside: boolean;
  /** under way at some gate: nobody is at two places */
  isBusy: boolean;
  /** when last on the way somewhere with a fever, world's milliseconds */
  feverMs: number;
}

export interface Population {
  readonly people: Person[];
  readonly households: readonly Household[];
  /** One more household, without members. */
  found(): Household;
  readonly guards: readonly string[];
  /** somebody new, e.g. a visitor or a tenant who comes back */
  add(kind: PersonKind, household?: Household): Person;
}

/** How many there are of each kind at the start, besides the households' members. */
const counts: readonly (readonly [PersonKind, number])[] = [
  ['staff', 6],
  ['lab-staff', 3],
  ['collaborator', 2],
  ['posted', 2],
  ['logistics', 2],
  ['student', 2],
  ['stranger', 1],
];
const householdCount = 5;
const withCampusId: readonly PersonKind[] = ['staff', 'lab-staff', 'student'];
const startInside: readonly PersonKind[] = ['resident', 'outside-unit', 'student', 'child'];

/**
 * @param dice for who they are
 * @param wallMs tells the true time
 * @param pepper the site's newest
 */
export function population(dice: Random, wallMs: () => number, pepper: Uint8Array): Population {
  const cards = crowd(wallMs, dice.int(1_000_000_000));
  const people: Person[] = [];
  const token = (space: IdentitySpace, id: string): string =>
    createHmac('sha256', pepper).update(`${space}:${id}`).digest('hex').slice(0, 32);
  const add = (kind: PersonKind, household: Household | null = null): Person => {
    const serial = people.length + 1;
    const isForeign = kind === 'collaborator' && dice.chance(0.3);
    const card = cards(isForeign ? 'foreign-2023' : 'resident');
    const hasCampusId = withCampusId.includes(kind) || (kind === 'returnee' && dice.chance(0.3));
    // No hexadecimal digits alone: it must not be found in a hash by chance.
    const campusId = hasCampusId
      ? `HIT-${kind.slice(0, 2)}-${String(serial).padStart(4, '0')}`
      : null;
    const person: Person = {
      serial,
      kind,
      card,
      campusId,
      household,
      tokens: {
        'id-number': token('id-number', card.number),
        ...(campusId !== null && { 'campus-id': token('campus-id', campusId) }),
        ...(household !== null && { household: household.token }),
      },
      isInside: startInside.includes(kind),
      isBusy: false,
      feverMs: Number.NEGATIVE_INFINITY,
    };
    people.push(person);
    household?.members.push(person);
    return person;
  };
  let homes = 0;
  const found = (): Household => {
    homes += 1;
    const id = `楼${homes}-${100 + dice.int(900)}`;
    return { id, token: token('household', id), members: [], pass: null, ticket: null };
  };
  const households = Array.from({ length: householdCount }, (_, index): Household => {
    const household = found();
    for (let members = 1 + dice.int(3); members > 0; members -= 1) add('resident', household);
    if (index % 2 === 0) add('outside-unit', household);
    return household;
  });
  for (const [kind, count] of counts) for (let left = count; left > 0; left -= 1) add(kind);
  const guards = ['HIT-gu-0001', 'HIT-gu-0002', 'HIT-gu-0003'];
  return {
    people,
    households,
    found,
    guards,
    add: (kind, household) => add(kind, household ?? null),
  };
}

/** @returns what of a person must stand in no record in clear */
export function secretsOf({ card, campusId, household }: Person): string[] {
  return [card.number, card.name, card.address, card.englishName, campusId, household?.id].filter(
    (text): text is string => typeof text === 'string' && text.length > 1,
  );
}
