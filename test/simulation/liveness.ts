/** After safety, life: every fault is healed, and then whoever may pass must pass. */
import type { Campus } from './campus.js';
import { comesOnDuty } from './guard.js';
import { presses, waitsForArm, walks } from './hands.js';
import { begins, passOf, plainPlan, renewTicket } from './life.js';
import type { Script } from './script.js';
import type { Site } from './site.js';
import type { Plan, Showing } from './visits.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/**
 * Heals everything, lets what was open end, and sends a member of staff in, a resident out and in
 * again, and a guard to OPEN.
 * @returns what did not work, in words
 */
export function livesOn(campus: Campus): readonly string[] {
  const { clock, sites, medium, crowd, options } = campus;
  const deaths: string[] = [];
  campus.heal();
  medium.heal();
  for (const site of sites) heal(campus, site);
  for (const site of sites) site.run(tidies(site));
  // Longer than anything that may still be under way: a referral, an emergency, a time that stands.
  clock.advance(4 * hourMs);
  for (const site of sites) {
    site.run(guardOpens(campus, site, deaths));
    clock.advance(10 * minuteMs);
  }
  const sober: Campus = { ...campus, options: { ...options, mischief: 0, carelessness: 0 } };
  const passes = (plan: Plan): void => {
    let isThrough = false;
    begins(sober, { ...plan, mustPass: true }, (through) => {
      isThrough = through;
    });
    clock.advance(30 * minuteMs);
    if (!isThrough) deaths.push(`${plan.story} at ${plan.site.truth.name}: not through`);
  };
  for (const site of sites) {
    const member = crowd.add('staff');
    passes({ ...healthy(plainPlan(sober, member, site)), story: 'a member of staff' });
  }
  const household = crowd.found();
  const resident = crowd.add('resident', household);
  renewTicket(campus, household);
  const ticket: Showing = { do: 'paper', text: () => household.ticket?.text ?? '' };
  for (const direction of ['out', 'in'] as const) {
    const plan = plainPlan(sober, resident, campus.gate(direction));
    const shows = [passOf(campus, household), ticket];
    passes({ ...healthy({ ...plan, shows }), story: 'a resident' });
  }
  return deaths;
}

/** Measured once, last, and well: the guard has nothing to do. */
function healthy(plan: Plan): Plan {
  return {
    ...plan,
    shows: [...plan.shows.filter(({ do: it }) => it !== 'wrist'), { do: 'wrist' }],
    says: { attest: [], bodyCentidegrees: 3_650 },
  };
}

function heal({ medium }: Campus, site: Site): void {
  site.boot();
  site.ends.mend();
  site.journal.faults.heal();
  site.computer.setClockState('synced');
  // A clock that is right again is not behind what time has surely reached.
  site.computer.jumpWall(-site.computer.wallErrorMs());
  medium.mend(site.truth);
}

/** The supervisor starts what has lost a part of its process; the guard ends what was left open. */
function* tidies(site: Site): Script {
  yield 5_000;
  if (site.state().devices.relay !== 'ok' || site.state().unwritten.failed.length > 0) {
    site.cutPower();
    yield 1_000;
    site.boot();
  }
  yield 700_000;
  yield* presses(site, 'acknowledge');
  while (site.state().lockdown) {
    yield* presses(site, 'lockdown', { isLong: true });
    yield 2_000;
  }
}

function* guardOpens(campus: Campus, site: Site, deaths: string[]): Script {
  const guard = campus.crowd.people[0];
  for (let times = 0; times < 3 && site.state().duty === null; times += 1)
    yield* comesOnDuty(campus, site);
  yield* presses(site, 'open');
  const isOpen = yield* waitsForArm(site, 2_000);
  if (!isOpen || guard === undefined || !(yield* walks(site, guard)))
    deaths.push(`OPEN at ${site.truth.name} does not open`);
}
