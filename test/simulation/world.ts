/**
 * A seeded world around real gates: people, guards and faults on a small campus, days on end, in
 * virtual time. The same options give the same run. What is right is not decided here but in
 * `checkers.ts`, and by the laws in production.
 */
import { type Direction, turnstileModes, type ZoneKind } from '../../config/vocabulary.js';
import { virtualClock } from '../../hardware/simulated/clock.js';
import { random } from '../../hardware/simulated/random.js';
import type { BrokenLaw } from '../../kiosk/core/laws/invariants.js';
import type { GateSettings } from '../../kiosk/core/settings.js';
import type { GateState } from '../../kiosk/core/state.js';
import type { MemoryDisk } from '../../kiosk/journal/memory.js';
import { openCampus } from '../../scripts/simulated-board/papers.js';
import { settings } from '../kiosk/core/hands.js';
import type { Campus } from './campus.js';
import { planTroubles } from './faults.js';
import { openDesk } from './held.js';
import { planDay } from './life.js';
import { livesOn } from './liveness.js';
import { medium } from './medium.js';
import { mischievous } from './mischief.js';
import type { WorldOptions } from './options.js';
import { population, secretsOf } from './people.js';
import { openSite, type Site } from './site.js';
import { type GateTruth, gateTruth, type Truth } from './truth.js';

const dayMs = 86_400_000;
const utcOffsetMinutes = 480;
/** A midnight in site time, two days after the notice. */
const startWallMs = Date.parse('2020-02-12T00:00:00+08:00');
const shared = settings();

/** One gate when all is over. */
export interface GateEnd {
  readonly truth: GateTruth;
  readonly disk: MemoryDisk;
  readonly state: GateState;
  readonly lastBootId: string;
  /** the latest time that its clock has shown */
  readonly latestWallMs: number;
}

export interface World {
  readonly options: WorldOptions;
  readonly truth: Truth;
  readonly gates: readonly GateEnd[];
  readonly broken: (BrokenLaw & { readonly gate: string }) | null;
  /** after all faults are healed: what did not work, in words */
  readonly deaths: readonly string[];
  readonly pepper: Uint8Array;
  readonly guards: readonly string[];
}

/** Lives one world to its end, or to the first broken law. */
export function live(options: WorldOptions): World {
  const { seed } = options;
  const dice = random(seed);
  const clock = virtualClock({ wallMs: startWallMs });
  // Papers of their own seed: what faults in the wire do to a text depends on its every byte.
  const offices = openCampus(clock, utcOffsetMinutes, random(seed + 2).bytes);
  const [pepper] = offices.verifier.peppers;
  const truth: Truth = {
    startWallMs,
    people: [],
    papers: new Map(),
    returns: [],
    visits: [],
    secrets: new Set(),
  };
  const crowd = population(random(seed + 3), () => clock.now().wallMs, pepper);
  const net = medium(clock, random(seed + 4), options.troubles.badMedium);
  let broken: World['broken'] = null;
  let isHealed = false;
  const plan: readonly (readonly [string, Direction, ZoneKind])[] = [
    ['main-in', 'in', 'campus-gate'],
    ['main-out', 'out', 'campus-gate'],
    ...(options.gates?.secondOut ? [['west-out', 'out', 'campus-gate'] as const] : []),
    ...(options.gates?.building ? [['lab-in', 'in', 'building'] as const] : []),
  ];
  const sites = plan.map(([name, direction, kind], index): Site => {
    const gate = gateTruth(name, direction, kind);
    return openSite({
      clock,
      dice: random(seed + 10 + index),
      keys: random(seed + 20 + index),
      settings: {
        ...shared,
        kiosk: name,
        direction,
        zone: { name, kind },
        ...turnstileOf(seed, index),
      },
      verifier: offices.verifier,
      known: net.join(gate),
      truth: gate,
      serial: index + 1,
      ...(options.step === undefined ? {} : { step: options.step }),
      ...(options.spoil === undefined ? {} : { spoil: options.spoil }),
      broken(law) {
        broken ??= { ...law, gate: name };
      },
    });
  });
  const [firstGuard = 'HIT-gu-0000', ...otherGuards] = crowd.guards;
  const campus: Campus = {
    options,
    clock,
    dice,
    desk: openDesk(offices.papers, truth),
    truth,
    crowd,
    guards: [firstGuard, ...otherGuards],
    medium: net,
    sites,
    heal() {
      isHealed = true;
    },
    get isHealed() {
      return isHealed;
    },
    today: () => Math.floor((clock.now().wallMs + utcOffsetMinutes * 60_000) / dayMs),
    gate(direction) {
      const fitting = sites.filter(
        ({ truth: it }) => it.direction === direction && it.zoneKind === 'campus-gate',
      );
      const [first, ...others] = fitting;
      if (first === undefined) throw new Error(`no gate ${direction}`);
      return dice.pick([first, ...others]);
    },
  };
  // The devices report, the gates hear of each other.
  for (const site of sites) site.run(waits(3_000));
  clock.advance(3_000);
  for (let day = 0; day < options.days && broken === null; day += 1) {
    planDay(campus, mischievous);
    planTroubles(campus);
    clock.runUntil((day + 1) * dayMs);
  }
  const deaths = broken === null ? livesOn(campus) : [];
  // What was said last is written.
  for (const site of sites) site.run(waits(3_000));
  clock.advance(10_000);
  truth.people.push(...crowd.people);
  for (const person of crowd.people) for (const text of secretsOf(person)) truth.secrets.add(text);
  for (const guard of crowd.guards) truth.secrets.add(guard);
  const gates = sites.map((site): GateEnd => {
    const state = site.state();
    const lastBootId = site.bootId;
    if (site.isOn) site.cutPower();
    const latestWallMs = Math.max(site.computer.now().wallMs, state.time.wallMs);
    return { truth: site.truth, disk: site.disk, state, lastBootId, latestWallMs };
  });
  return { options, truth, gates, broken, deaths, pepper, guards: crowd.guards };
}

/** Every other gate stands before a turnstile that wants a level; some have no input for a release. */
function turnstileOf(
  seed: number,
  index: number,
): Pick<GateSettings, 'turnstileMode' | 'hasRelease'> {
  const first = random(seed + 30).int(turnstileModes.length);
  const turnstileMode = turnstileModes[(first + index) % turnstileModes.length] ?? 'pulse';
  const hasRelease = turnstileMode === 'level' || random(seed + 40 + index).chance(0.5);
  return { turnstileMode, hasRelease };
}

function* waits(ms: number): Generator<number, void, void> {
  yield ms;
}
