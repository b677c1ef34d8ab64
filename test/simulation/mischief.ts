/** Those who try: with copies, screenshots, other people's papers, and two at once. */
import type { Change } from '../../scripts/simulated-board/papers.js';
import type { Campus } from './campus.js';
import { begins, passOf, plainPlan, renewTicket, somebody } from './life.js';
import type { Person } from './people.js';
import type { Site } from './site.js';
import type { Plan, Showing } from './visits.js';

/** Somebody tries something. */
export function mischievous(campus: Campus): void {
  const { dice, crowd } = campus;
  const thief = crowd.people[dice.int(crowd.people.length)];
  if (thief === undefined || thief.isBusy || thief.kind === 'child') return;
  if (thief.household !== null && dice.chance(0.3)) return copiesTicket(campus, thief);
  const site = campus.gate(thief.isInside ? 'out' : 'in');
  const shows = trick(campus, thief, site);
  if (shows === null) return;
  const plan: Plan = {
    ...plainPlan(campus, thief, site),
    story: 'mischief',
    shows,
    mustPass: false,
  };
  begins(campus, plan, () => {});
}

/** One ticket and a copy of it, by two of the household, at whichever gates are nearest. */
function copiesTicket(campus: Campus, thief: Person): void {
  const { crowd, clock, dice } = campus;
  const { household } = thief;
  if (household === null) return;
  renewTicket(campus, household);
  const text = household.ticket?.text ?? '';
  const direction = dice.chance(0.6) ? 'out' : 'in';
  for (const person of crowd.people.filter(
    (it) => it.household === household && it.kind !== 'child',
  ))
    clock.at(clock.now().monotonicMs + dice.int(600_000), () => {
      const site = campus.gate(direction);
      const ticket: Showing = { do: 'paper', text: () => text };
      const shows = [passOf(campus, household), ticket, { do: 'wrist' } as const];
      const plan = plainPlan(campus, person, site);
      begins(
        campus,
        { ...plan, story: `copied ticket ${direction}`, shows, mustPass: false },
        () => {},
      );
    });
}

function trick(campus: Campus, thief: Person, site: Site): readonly Showing[] | null {
  const { dice, truth } = campus;
  const papers = noted(campus);
  const paper = (text: string): Showing => ({ do: 'paper', text: () => text });
  const wrist: Showing = { do: 'wrist' };
  const own = plainPlan(campus, thief, site).shows;
  const seen = [...truth.papers.values()].slice(-40);
  const found = (): Showing => paper(seen[dice.int(seen.length)]?.text ?? 'nothing yet');
  const victim = somebody(campus, 'staff') ?? thief;
  const neighbour = campus.crowd.households[dice.int(campus.crowd.households.length)];
  const other = campus.crowd.people[dice.int(campus.crowd.people.length)] ?? thief;
  return dice.pick<() => readonly Showing[] | null>([
    // A copy of another's form and the own code, or the other way round.
    () => [paper(papers.form(victim)), ...own],
    () => [...own.slice(0, 1), paper(papers.code(victim)), wrist],
    // Screenshots and papers found.
    () => [found(), found(), wrist],
    () => [found(), ...own],
    () => [...own, found()],
    // Another's card with the own papers, the own card with another's.
    () => [...own.filter(({ do: it }) => it !== 'card'), { do: 'card', of: other }, wrist],
    () => [{ do: 'card', of: thief }, paper(papers.externalForm(other)), wrist],
    // A neighbour's pass with the own ticket, the own pass with a neighbour's ticket.
    () =>
      neighbour === undefined || thief.household === null
        ? null
        : [passOf(campus, neighbour), paper(thief.household.ticket?.text ?? 'none'), wrist],
    () =>
      neighbour === undefined || thief.household === null
        ? null
        : [passOf(campus, thief.household), paper(neighbour.ticket?.text ?? 'none'), wrist],
    // Two who take turns at the scanner, and one of them at the sensor.
    () => {
      const [first, second] = [own, plainPlan(campus, other, site).shows];
      return first.flatMap((showing, index) => [
        { ...showing, by: thief },
        ...(second[index] === undefined ? [] : [{ ...second[index], by: other }]),
      ]);
    },
    // Not papers, or no good ones.
    () => [paper(papers.forgedForm(victim)), ...own],
    () => [
      paper(papers.form(victim, { from: -90_000, until: -10 })),
      paper(papers.code(victim)),
      wrist,
    ],
    () => [paper(papers.form(victim, { zones: ['library'] })), paper(papers.code(victim)), wrist],
    () => [paper(papers.revokedForm(victim)), paper(papers.code(victim)), wrist],
    () => [paper(papers.overreachingCode(victim)), wrist],
    () => [paper(papers.code(victim, { until: 86_400 })), paper(papers.form(victim)), wrist],
    () => [
      paper(String.fromCharCode(...dice.bytes(dice.int(60)).map((it) => 32 + (it % 90)))),
      wrist,
    ],
    () => [paper(campus.desk.papers.guardBadge(campus.guards[0])), ...own],
    // A false certificate, and the word of the guard in its place.
    () => [
      paper(papers.falseCertificate(other)),
      ...own.filter(({ do: it }) => it !== 'wrist'),
      wrist,
    ],
    // Cold skin, a hot cup.
    () =>
      own.map((it) =>
        it.do === 'wrist' ? { ...it, bodyCentidegrees: dice.pick([3_380, 4_400]) } : it,
      ),
    // Measured first, and by nobody known.
    () => [wrist, ...own.filter(({ do: it }) => it !== 'wrist')],
    // Another's hand.
    () => own.map((it) => (it.do === 'wrist' ? { ...it, by: other } : it)),
  ])();
}

/** The offices' papers, each noted as whose it is. */
function noted({ desk }: Campus) {
  const { papers, give } = desk;
  const idOf = ({ campusId }: Person): string => campusId ?? 'HIT-no-0000';
  const form = (of: Person, change: Change = {}): string =>
    give(papers.form(idOf(of), change), 'approval-form', [of]);
  const code = (of: Person, change: Change = {}): string =>
    give(papers.code(idOf(of), change), 'campus-card-code', [of]);
  return {
    form,
    code,
    forgedForm: (of: Person): string => form(of, { by: 'stranger' }),
    revokedForm: (of: Person): string => form(of, { revoked: true }),
    overreachingCode: (of: Person): string => code(of, { by: 'personnel' }),
    externalForm: (of: Person): string =>
      give(papers.externalForm(of.card, 'research'), 'approval-form', [of]),
    falseCertificate: (of: Person): string =>
      give(papers.certificate(of.card, { by: 'stranger' }), 'resumption-certificate', [of]),
  };
}
