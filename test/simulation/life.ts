/** A day on the campus: who goes where with which papers, and when. */
import type { Direction } from '../../config/vocabulary.js';
import type { Campus } from './campus.js';
import type { Answers } from './guard.js';
import { paperId } from './held.js';
import type { Household, Person, PersonKind } from './people.js';
import type { Site } from './site.js';
import { type Plan, type Showing, visits } from './visits.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const firstHour = 6;
const hoursOpen = 16.5;

/** Plans the visits of the day that begins now; `mischievous`: what those do who do not mean well. */
export function planDay(campus: Campus, mischievous: (campus: Campus) => void): void {
  const { clock, dice, options } = campus;
  const beginsMs = clock.now().monotonicMs;
  for (let left = options.visitsPerDay; left > 0; left -= 1) {
    const hours = dice.chance(0.03)
      ? 23.99 + dice.next() * 0.02
      : firstHour + dice.next() * hoursOpen;
    clock.at(beginsMs + Math.floor(hours * hourMs), () => comes(campus, mischievous));
  }
}

/** Somebody comes to a gate. */
function comes(campus: Campus, mischievous: (campus: Campus) => void): void {
  const { dice } = campus;
  if (dice.chance(campus.options.mischief)) return mischievous(campus);
  const stories: readonly (() => void)[] = [
    () => residentGoes(campus),
    () => residentGoes(campus),
    () => works(campus, 'staff'),
    () => works(campus, 'staff'),
    () => works(campus, 'lab-staff'),
    () => works(campus, 'collaborator'),
    () => works(campus, 'posted'),
    () => works(campus, 'logistics'),
    () => works(campus, 'outside-unit'),
    () => works(campus, 'outside-unit'),
    () => visitorComes(campus),
    () => studentComes(campus),
    () => dice.chance(0.35) && returns(campus, dice.pick(['tenant', 'outside-unit', 'staff'])),
  ];
  const [first = () => {}, ...others] = stories;
  dice.pick([first, ...others])();
}

/** Goes out if inside, comes in if outside; comes back later the same day. */
function works(campus: Campus, kind: PersonKind): void {
  const person = somebody(campus, kind);
  if (person === null) return;
  const door = campus.sites.find(({ truth }) => truth.zoneKind === 'building');
  if (door !== undefined && person.isInside && kind !== 'outside-unit' && campus.dice.chance(0.3))
    return begins(campus, { ...plainPlan(campus, person, door), story: `${kind} door` }, () => {});
  const there: Direction = person.isInside ? 'out' : 'in';
  goes(campus, person, there, (isThrough) => {
    const { clock, dice } = campus;
    if (!isThrough || dice.chance(0.1)) return;
    const back = there === 'in' ? 'out' : 'in';
    clock.at(clock.now().monotonicMs + 20 * minuteMs + dice.int(10 * hourMs), () =>
      goes(campus, person, back, () => {}),
    );
  });
}

function goes(
  campus: Campus,
  person: Person,
  direction: Direction,
  then: (isThrough: boolean) => void,
): void {
  const site = campus.gate(direction);
  begins(
    campus,
    { ...plainPlan(campus, person, site), story: `${person.kind} ${direction}` },
    then,
  );
}

/** With everything that this person has, in some order. */
export function plainPlan(campus: Campus, person: Person, site: Site): Plan {
  const { dice } = campus;
  const body = dice.chance(0.02) ? 3_730 + 10 + dice.int(150) : 3_600 + dice.int(110);
  const isHealthy = body < 3_730;
  if (!isHealthy) person.feverMs = site.nowMs();
  const papers = papersOf(campus, person, site);
  const wrist: Showing = { do: 'wrist' };
  const isIsolated = campus.truth.returns.some((it) => it.person === person);
  const says: Answers = {
    attest: attestedFor(person),
    bodyCentidegrees: body,
    ...(isHealthy && !isIsolated && dice.chance(0.5) && { open: 'urgent-need' as const }),
  };
  return {
    story: person.kind,
    person,
    site,
    shows: dice.chance(0.85)
      ? [...papers, wrist]
      : [...papers.slice(0, 1), wrist, ...papers.slice(1)],
    says,
    mustPass:
      isHealthy &&
      !isIsolated &&
      !hadFever(person, site) &&
      person.kind !== 'student' &&
      person.kind !== 'stranger',
  };
}

/** A fever counts for whoever shows the same identity within the hour: a household shares one. */
function hadFever(person: Person, site: Site): boolean {
  const people = person.household?.members ?? [person];
  return people.some(({ feverMs }) => site.nowMs() - feverMs < 2 * hourMs);
}

function attestedFor({ kind }: Person): Answers['attest'] {
  if (kind === 'outside-unit') return ['resumption-certificate', 'originals', 'not-returning'];
  if (kind === 'posted') return ['resumption-certificate'];
  return kind === 'resident' ? ['not-returning'] : [];
}

function papersOf(campus: Campus, person: Person, site: Site): readonly Showing[] {
  const { desk, dice } = campus;
  const { papers } = desk;
  const own = [person];
  const campusId = person.campusId ?? '';
  const card: Showing = { do: 'card', of: person };
  const paper = (kind: string, make: () => string, isNamed = true): Showing => {
    // What is on paper is made out once; what is on the phone each time.
    let text: string | null = null;
    return {
      do: 'paper',
      text() {
        if (text === null || kind === 'campus-card-code')
          text = desk.give(make(), kind, own, { isNamed });
        return text;
      },
    };
  };
  const code = paper('campus-card-code', () => papers.code(campusId));
  const certificate = (isNamed: boolean): Showing =>
    paper(
      'resumption-certificate',
      () => papers.certificate(isNamed ? person.card : null),
      isNamed,
    );
  switch (person.kind) {
    case 'staff':
      return [paper('approval-form', () => papers.form(campusId)), code];
    case 'lab-staff':
      return [paper('approval-form', () => papers.labForm(campusId)), code];
    case 'collaborator':
      return [paper('approval-form', () => papers.externalForm(person.card, 'research')), card];
    case 'logistics':
      return [card, paper('approval-form', () => papers.externalForm(person.card, 'logistics'))];
    case 'posted': {
      const form = paper('approval-form', () => papers.externalForm(person.card, 'service'));
      // Some have the certificate on paper only: the guard looks at it.
      if (dice.chance(0.4)) return [form, card];
      const isNamed = dice.chance(0.5);
      return [form, card, certificate(isNamed)];
    }
    case 'student':
      return [paper('campus-card-code', () => papers.studentCode(campusId))];
    case 'outside-unit': {
      const household = person.household;
      if (household === null) return [card];
      return [certificate(dice.chance(0.7)), card, passOf(campus, household)];
    }
    default:
      return site.truth.direction === 'in' ? [card] : [];
  }
}

/** The household's pass, made out once for all its members. */
export function passOf({ desk }: Campus, household: Household): Showing {
  return {
    do: 'paper',
    text() {
      household.pass ??= desk.give(
        desk.papers.pass(household.id, { until: 300 * 86_400 }),
        'residence-pass',
        household.members,
      );
      return household.pass;
    },
  };
}

/** A member of a household goes shopping on its ticket, and comes back on it. */
function residentGoes(campus: Campus): void {
  const { dice, clock, crowd, truth } = campus;
  const household = crowd.households[dice.int(crowd.households.length)];
  const person = household?.members.find(
    ({ kind, isBusy, isInside }) => kind === 'resident' && !isBusy && isInside,
  );
  if (household === undefined || person === undefined) return;
  // Out on one ticket while another member is still out on the last: the guard's to look at.
  const isFresh =
    renewTicket(campus, household) &&
    household.members.every(({ kind, isInside }) => kind !== 'resident' || isInside);
  const { ticket } = household;
  if (ticket === null) return;
  if (!isFresh) ticket.isShared = true;
  const isIsolated = truth.returns.some((it) => it.person.household === household);
  const show = (direction: Direction): Plan => {
    const plan = plainPlan(campus, person, campus.gate(direction));
    const papers: Showing[] = [
      passOf(campus, household),
      { do: 'paper', text: () => household.ticket?.text ?? ticket.text },
    ];
    if (isIsolated && direction === 'out') papers.push({ do: 'card', of: person });
    return {
      ...plan,
      story: `resident ${direction}`,
      shows: [...(dice.chance(0.5) ? papers : papers.reverse()), { do: 'wrist' }],
      ticket: ticket.id,
      mustPass: plan.mustPass && isFresh && !ticket.isShared && !household.ticket?.isShared,
      ...(dice.chance(0.1) && childOf(campus, household)),
    };
  };
  begins(campus, show('out'), (isThrough) => {
    if (!isThrough) return;
    if (dice.chance(0.06)) losesTicket(campus, household);
    const awayMs = 15 * minuteMs + dice.int(dice.chance(0.1) ? 2 * dayMs : 3 * hourMs);
    clock.at(clock.now().monotonicMs + awayMs, () => begins(campus, show('in'), () => {}));
  });
}

function childOf(campus: Campus, household: Household): Pick<Plan, 'behind' | 'says'> {
  const child =
    household.members.find(({ kind }) => kind === 'child') ?? campus.crowd.add('child', household);
  return {
    behind: [child],
    says: { attest: ['not-returning'], bodyCentidegrees: 3_660, children: 1 },
  };
}

/**
 * The property office gives a household a new ticket when the old one's two days are over.
 * @returns whether nobody has been out on it yet
 */
export function renewTicket(campus: Campus, household: Household): boolean {
  const { desk } = campus;
  const today = campus.today();
  if (household.ticket !== null && today - household.ticket.day < 2) return false;
  const text = desk.give(
    desk.papers.ticket(household.id, 0),
    'exit-entry-ticket',
    household.members,
    {
      day: today,
    },
  );
  const id = paperId(text) ?? '';
  household.ticket = { text, id, day: today };
  return true;
}

/** It is lost on the way: revoked, and another given for the same days. */
function losesTicket(campus: Campus, household: Household): void {
  const { desk } = campus;
  const lost = household.ticket;
  if (lost === null) return;
  desk.papers.revoke(lost.text);
  const text = desk.give(
    desk.papers.ticket(household.id, lost.day - campus.today()),
    'exit-entry-ticket',
    household.members,
    { day: lost.day, replaces: [lost.id] },
  );
  const id = paperId(text) ?? '';
  household.ticket = { text, id, day: lost.day };
}

/** Somebody on business, and the member of staff who receives them. */
function visitorComes(campus: Campus): void {
  const { crowd, desk, dice } = campus;
  const host = somebody(campus, 'staff');
  if (host?.campusId == null) return;
  const { campusId } = host;
  const visitor = crowd.add('visitor');
  const filing: Showing = {
    do: 'paper',
    text: once(() =>
      desk.give(desk.papers.visitFiling(visitor.card, campusId), 'visit-filing', [visitor], {
        host,
      }),
    ),
  };
  const hostCode: Showing = {
    do: 'paper',
    by: host,
    text: () => desk.give(desk.papers.code(campusId), 'campus-card-code', [host]),
  };
  const card: Showing = { do: 'card', of: visitor };
  const plan = plainPlan(campus, visitor, campus.gate('in'));
  const inOrder = dice.chance(0.85);
  const wrist: Showing = { do: 'wrist' };
  begins(
    campus,
    {
      ...plan,
      story: 'visitor in',
      shows: inOrder ? [filing, card, wrist, hostCode] : [filing, wrist, hostCode, card],
      mustPass: plan.mustPass && inOrder,
    },
    (isThrough) => {
      if (!isThrough) return;
      const { clock } = campus;
      clock.at(clock.now().monotonicMs + 10 * minuteMs + dice.int(5 * hourMs), () =>
        begins(
          campus,
          {
            ...plainPlan(campus, visitor, campus.gate('out')),
            story: 'visitor out',
            shows: [filing, card, wrist],
          },
          () => {},
        ),
      );
    },
  );
}

function studentComes(campus: Campus): void {
  const person = somebody(campus, 'student');
  if (person === null) return;
  const plan = plainPlan(campus, person, campus.gate(person.isInside ? 'out' : 'in'));
  const isApproved = campus.dice.chance(0.3);
  begins(
    campus,
    {
      ...plan,
      story: 'student',
      says: { ...plan.says, ...(isApproved && { open: 'student-approved' as const }) },
    },
    () => {},
  );
}

/** Back from outside Harbin: the guard asks, chooses the case and names the day. */
function returns(campus: Campus, as: 'tenant' | 'outside-unit' | 'staff'): void {
  const { crowd, dice, truth, clock } = campus;
  const household = crowd.households[dice.int(crowd.households.length)];
  if (household === undefined) return;
  const person = crowd.add('returnee', household);
  const site = campus.gate('in');
  const plan = plainPlan(campus, person, site);
  const hasPass = dice.chance(0.6);
  const rule = `returning-${as === 'outside-unit' ? 'outside-unit' : as}`;
  const attest: Answers['attest'] = {
    tenant: ['questions', 'landlord', 'property-office'] as const,
    'outside-unit': ['questions', 'property-office'] as const,
    staff: ['work-id', 'questions'] as const,
  }[as];
  const arrivalDay = campus.today() - dice.int(4);
  begins(
    campus,
    {
      ...plan,
      story: rule,
      shows: [
        { do: 'card', of: person },
        ...(hasPass ? [passOf(campus, household)] : []),
        { do: 'wrist' },
      ],
      says: {
        attest,
        rule,
        arrivalDay,
        household: household.id,
        bodyCentidegrees: plan.says.bodyCentidegrees,
      },
    },
    (isThrough) => {
      if (!isThrough) return;
      truth.returns.push({
        gate: site.truth.name,
        person,
        atMs: clock.now().monotonicMs,
        arrivalDay,
        isHouseholdKnown: hasPass,
      });
      // Bored, and out again: with a collaborator's form, or on the household's ticket.
      for (let times = dice.int(4); times > 0; times -= 1)
        clock.at(clock.now().monotonicMs + dice.int(16 * dayMs), () =>
          leavesIsolation(campus, person),
        );
    },
  );
}

function leavesIsolation(campus: Campus, person: Person): void {
  const { household } = person;
  if (household === null || person.isBusy) return;
  const { desk, dice } = campus;
  const card: Showing = { do: 'card', of: person };
  renewTicket(campus, household);
  const ticket: Showing = { do: 'paper', text: () => household.ticket?.text ?? '' };
  const certificate: Showing = {
    do: 'paper',
    text: once(() =>
      desk.give(desk.papers.certificate(person.card), 'resumption-certificate', [person]),
    ),
  };
  const papers = dice.chance(0.5)
    ? [passOf(campus, household), ticket, ...(dice.chance(0.5) ? [card] : [])]
    : [certificate, card, passOf(campus, household)];
  begins(
    campus,
    {
      ...plainPlan(campus, person, campus.gate('out')),
      story: 'leaves isolation',
      shows: [...papers, { do: 'wrist' }],
      mustPass: false,
    },
    () => {},
  );
}

/** Sends somebody to a gate, unless they are at one already. */
export function begins(campus: Campus, plan: Plan, then: (isThrough: boolean) => void): void {
  const { person, site } = plan;
  if (person.isBusy) return;
  person.isBusy = true;
  site.run(
    (function* () {
      const isThrough = yield* visits(campus, plan);
      person.isBusy = false;
      then(isThrough);
    })(),
  );
}

/** @returns somebody of this kind who is not under way, or null */
export function somebody({ crowd, dice }: Campus, kind: PersonKind): Person | null {
  const free = crowd.people.filter((person) => person.kind === kind && !person.isBusy);
  return free[dice.int(free.length)] ?? null;
}

/** What is on paper is made out once. */
export function once(make: () => string): () => string {
  let text: string | null = null;
  return () => {
    text ??= make();
    return text;
  };
}
