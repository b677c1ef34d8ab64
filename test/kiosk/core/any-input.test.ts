import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type ClockState,
  commandNames,
  credentialKinds,
  credentialReasons,
  type DetailField,
  type Direction,
  detailFields,
  journalFaults,
  type Now,
  panelButtons,
  policyReasons,
  settingsFaults,
  turnstileModes,
} from '../../../config/vocabulary.js';
import { nextDeadlineMs } from '../../../kiosk/core/deadlines.js';
import type { DocumentEvidence } from '../../../kiosk/core/evidence.js';
import { promptsOf } from '../../../kiosk/core/guard/prompts.js';
import { findUse } from '../../../kiosk/core/known/known.js';
import { knownCountMax } from '../../../kiosk/core/known/known-set.js';
import { findBrokenLaw, findLateBrokenLaw } from '../../../kiosk/core/laws/invariants.js';
import {
  alarmsMax,
  documentsMax,
  feversMax,
  lateGrantsMax,
  unwrittenMax,
} from '../../../kiosk/core/limits.js';
import type { Effect, Input } from '../../../kiosk/core/messages.js';
import type { GateSettings } from '../../../kiosk/core/settings.js';
import { type GateState, initialState } from '../../../kiosk/core/state.js';
import { step } from '../../../kiosk/core/step.js';
import { nothingStands } from '../../../kiosk/journal/port.js';
import { prepareRequest } from '../../../kiosk/journal/record.js';
import { projectView } from '../../../kiosk/screen/project.js';
import {
  allDevices,
  badge,
  card,
  certificate,
  code,
  externalForm,
  filing,
  form,
  pass,
  settings,
  startWallMs,
  ticket,
  today,
} from './hands.js';

/** What happens: an input made from the state as it is, or time. */
type Event = (world: World) => void;

/** So that a counterexample can be read: fast-check shows the words, not the code. */
function named(what: string, event: Event): Event {
  return Object.assign(event, { [fc.toStringMethod]: () => what });
}

/** Days, cases and what can be attested, and some more. */
const promptsMax = 40;

interface World {
  state: GateState;
  now: Now;
  readonly effects: Effect[];
  /** requests without an answer, oldest first */
  readonly asked: Extract<Effect, { type: 'append' }>[];
  lastSeq: number;
}

/** One of each kind, or of none, and reason. */
const refusalsMax =
  (Object.keys(credentialKinds).length + 1) * (credentialReasons.length + policyReasons.length);
const people = ['a', 'b'];
const homes = ['h', 'i'];
const papers: readonly DocumentEvidence[] = [
  ...people.flatMap((who) => [form(who), form(who, { zones: ['library'] }), code(who), code(who)]),
  code('a', 'student'),
  form('a', { expiresSeconds: Math.floor(startWallMs / 1000) + 40 }),
  externalForm('service'),
  externalForm('research', { boundTo: 'n' }),
  form('a', { variant: 'lab-duty' }),
  certificate(),
  certificate({ boundTo: 'n' }),
  filing('a'),
  filing('b', { boundTo: 'n' }),
  ...homes.flatMap((home) => [pass(home), ticket(home), ticket(home), ticket(home, today - 1)]),
  ticket('h', Number.MAX_SAFE_INTEGER),
];
const badges = [badge('g'), badge('g2'), badge('g', { expiresSeconds: 1e12 })];
const tickets = papers.filter(({ kind }) => kind === 'exit-entry-ticket');
const codes = papers.filter(({ kind }) => kind === 'campus-card-code');

const give =
  (input: Input): Event =>
  (world) =>
    take(world, input);

/** One step, looked at from all sides. */
function take(world: World, input: Input): void {
  const before = world.state;
  const { state, effects } = step(before, input, world.now);
  const seen = { before, input, after: state, effects, now: world.now };
  const broken = findBrokenLaw(seen) ?? findLateBrokenLaw(seen);
  if (broken !== null) throw new Error(`${broken.law}: ${broken.detail}`);
  world.state = state;
  world.effects.push(...effects);
  for (const effect of effects) {
    if (effect.type !== 'append') continue;
    world.asked.push(effect);
    const prepared = prepareRequest(effect, '00');
    if ('refused' in prepared)
      throw new Error(`the journal would refuse ${JSON.stringify(effect)}`);
  }
  projectView(state, world.now);
  const bounds: readonly (readonly [what: string, size: number, max: number])[] = [
    ['deadline', world.now.monotonicMs, nextDeadlineMs(state)],
    ['alarms', state.alarms.length, alarmsMax],
    ['late', state.late.length, lateGrantsMax],
    ['failed', state.unwritten.failed.length, unwrittenMax],
    ['known', state.known.count, knownCountMax],
    ['documents', state.attempt?.documents.length ?? 0, documentsMax],
    ['refusals', state.attempt?.refusals.length ?? 0, refusalsMax],
    ['strays', state.strays?.refusals.length ?? 0, refusalsMax],
    ['fevers', state.fevers.length, feversMax],
    ['prompts', promptsOf(state, world.now).length, promptsMax],
  ];
  for (const [what, size, max] of bounds)
    if (!(size <= max)) throw new Error(`${what}: ${size} beyond ${max}`);
  if (nextDeadlineMs(state) <= world.now.monotonicMs) throw new Error('a deadline that is over');
}

const elapse = (ms: number, wallMs = ms): Event =>
  named(`${ms} ms, wall clock ${wallMs} ms`, (world) => {
    const { monotonicMs, wallMs: wall, clock } = world.now;
    world.now = { monotonicMs: monotonicMs + ms, wallMs: wall + wallMs, clock };
  });

const show = (paper: DocumentEvidence): Event =>
  named(`show ${paper.kind} ${paper.identity?.token}`, (world) => {
    const evidence = { ...paper, takenMs: world.now.monotonicMs };
    take(world, { type: 'evidence', evidence });
  });

const lay = (token: string, isSealed: boolean): Event =>
  named(`lay the card of ${token}`, (world) => {
    // Whichever of the papers were shown so far name this number.
    const bound = (world.state.attempt?.documents ?? []).filter(({ boundTo }) => boundTo === null);
    const laid = card(token, bound, isSealed ? {} : { ref: null });
    take(world, { type: 'evidence', evidence: { ...laid, takenMs: world.now.monotonicMs } });
  });

/** A guard goes on duty, or somebody shows a badge without NEXT. */
const showBadge = (paper: DocumentEvidence, isNextHeld: boolean): Event =>
  named(`badge of ${paper.guard}, NEXT ${isNextHeld ? 'held' : 'not held'}`, (world) => {
    if (isNextHeld) take(world, { type: 'button', button: 'next', event: 'pressed' });
    show(paper)(world);
    take(world, { type: 'button', button: 'next', event: 'released' });
  });

/** NEXT so many times, a look, CONFIRM: as a guard works through a case. */
const walkAndConfirm = (steps: number, lookMs: number): Event =>
  named(`NEXT ${steps} times, ${lookMs} ms, CONFIRM`, (world) => {
    for (let press = 0; press < steps; press += 1)
      take(world, { type: 'button', button: 'next', event: 'pressed' });
    elapse(lookMs)(world);
    take(world, { type: 'button', button: 'confirm', event: 'pressed' });
  });

/** Somebody comes back from outside, and the guard knows what to do. */
const tenantReturns: Event = named('a tenant returns', (world) => {
  elapse(61_000)(world);
  showBadge(badge('g'), true)(world);
  lay(fresh(), true)(world);
  for (const meaning of ['case:returning-tenant', 'questions', 'landlord', 'property-office']) {
    for (let press = 0; press < 30; press += 1) {
      if (world.state.prompt?.id.endsWith(meaning)) break;
      take(world, { type: 'button', button: 'next', event: 'pressed' });
    }
    walkAndConfirm(0, 1_000)(world);
  }
  elapse(10)(world);
  measure(3_650, 5)(world);
  walkAndConfirm(2, 1_000)(world);
});

/** The guard on duty calls an admin, who opens. */
const opensFromAfar: Event = named('an admin opens for the guard', (world) => {
  showBadge(badge('g'), true)(world);
  take(world, { type: 'command', name: 'open', id: 'c', admins: ['ann'] });
});

const enter = (
  attempt: number | null,
  bodyCentidegrees: number | null,
  fields: readonly DetailField[] = ['name', 'household', 'campus-id'],
): Event =>
  named(`details of ${attempt}`, (world) =>
    take(world, {
      type: 'details',
      details: {
        type: 'details',
        attempt,
        fields,
        ref: 'ef'.repeat(32),
        household: 'h',
        campusId: 'i',
        bodyCentidegrees,
        takenMs: world.now.monotonicMs,
      },
    }),
  );

const measure = (bodyCentidegrees: number, fromAgoMs: number): Event =>
  named(`measure ${bodyCentidegrees}, there for ${fromAgoMs} ms`, (world) =>
    take(world, {
      type: 'evidence',
      evidence: {
        type: 'temperature',
        bodyCentidegrees,
        ambientCentidegrees: 2_200,
        compensationCentidegrees: 300,
        sampleCount: 3,
        spreadCentidegrees: 6,
        fromMs: world.now.monotonicMs - fromAgoMs,
        takenMs: world.now.monotonicMs,
      },
    }),
  );

/** A request is answered, the oldest first as a journal does, or another; `wrong`: none that waits. */
const answer = (which: 'oldest' | 'newest' | 'wrong', why: string | null): Event =>
  named(`journal: ${which} ${why ?? 'committed'}`, (world) => {
    const request =
      which === 'wrong' ? undefined : which === 'newest' ? world.asked.pop() : world.asked.shift();
    const id = request?.id ?? (world.asked[0]?.id ?? world.state.requestId) - 1;
    if (why !== null) return take(world, { type: 'append-failed', id, why });
    world.lastSeq += Math.max(1, request?.records.length ?? 1);
    take(world, { type: 'committed', id, lastSeq: world.lastSeq });
  });

const answerAll: Event = named('journal: all committed', (world) => {
  while (world.asked.length > 0) answer('oldest', null)(world);
});

const report = (type: 'pulse-started' | 'pulse-ended' | 'pulse-refused'): Event =>
  named(type, (world) => {
    const { lane } = world.state;
    take(world, { type, id: 'grant' in lane ? lane.grant.id : 1 });
  });

/** Somebody who knows how to pass: so that runs get through the lane. */
const visit = (direction: Direction, afterMs: number): Event =>
  named(`${afterMs} ms, then visit ${direction}`, (world) => {
    elapse(afterMs)(world);
    const who = fresh();
    const shown = direction === 'in' ? [form(who), code(who)] : [pass(who), ticket(who)];
    for (const paper of shown) {
      elapse(500)(world);
      show(paper)(world);
    }
    elapse(700)(world);
    measure(3_650, 300)(world);
  });
const walk: Event = named('walks through', (world) => {
  take(world, { type: 'passage', phase: 'entered' });
  elapse(300)(world);
  take(world, { type: 'passage', phase: 'left' });
});

let serial = 0;
const fresh = (): string => {
  serial += 1;
  return `v${serial}`;
};

const at = new Date(startWallMs).toISOString();
const time = fc.constantFrom(at, '2020-02-01T00:00:00Z', '2020-02-13T09:00:00+08:00', 'x', '2020');
const knownEntry = fc.oneof(
  fc.record({
    type: fc.constantFrom('ticket', 'code', 'window', 'passage', 'isolation', 'toString'),
    key: fc.constantFrom(
      ...tickets.map(({ id }) => id),
      ...codes.map(({ id }) => id),
      ...homes.map((home) => `${home}:${today}:${tickets[0]?.id}`),
      '',
      '::',
    ),
    direction: fc.constantFrom('in', 'out', undefined, 'up'),
    until: time,
    at: time,
  }),
  fc.anything(),
);

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.constantFrom<Direction>('in', 'out'), fc.constantFrom(100, 61_000))
      .map(([direction, afterMs]) => visit(direction, afterMs)),
  },
  { weight: 16, arbitrary: fc.constant(answerAll) },
  { weight: 8, arbitrary: fc.constant(walk) },
  { weight: 10, arbitrary: fc.constantFrom(...papers).map(show) },
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.constantFrom(3_650, 3_650, 3_729, 3_730, 3_400, Number.NaN), fc.nat(2_000))
      .map(([body, ago]) => measure(body, ago)),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom('oldest' as const, 'newest' as const, 'wrong' as const),
        fc.constantFrom(null, 'io-error', 'already-reserved', 'bad-record', 'overloaded', ''),
      )
      .map(([which, why]) => answer(which, why)),
  },
  {
    weight: 8,
    arbitrary: fc
      .constantFrom('entered' as const, 'left' as const, 'reversed' as const)
      .map((phase) => give({ type: 'passage', phase })),
  },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom('pulse-started' as const, 'pulse-ended' as const, 'pulse-refused' as const)
      .map(report),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom('n', 'm', 'a'), fc.boolean())
      .map(([token, isSealed]) => lay(token, isSealed)),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom(...badges), fc.integer({ min: 0, max: 3 }))
      .map(([paper, held]) => showBadge(paper, held > 0)),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.nat(6), fc.constantFrom(0, 999, 1_000))
      .map(([steps, lookMs]) => walkAndConfirm(steps, lookMs)),
  },
  { weight: 2, arbitrary: fc.constant(tenantReturns) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(null, 1, 2, 0, Number.NaN), fc.constantFrom(null, 3_650, 3_800, 20))
      .map(([attempt, body]) => enter(attempt, body)),
  },
  { weight: 1, arbitrary: fc.boolean().map((reachable) => give({ type: 'others', reachable })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...journalFaults), fc.boolean())
      .map(([fault, on]) => give({ type: 'journal', fault, on })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('current' as const, 'early' as const, 'none' as const)
      .map((key) => give({ type: 'registry', key, keyId: null })),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...panelButtons),
        fc.constantFrom('pressed' as const, 'released' as const, 'long' as const),
      )
      .map(([button, event]) => give({ type: 'button', button, event })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom('emergency' as const, 'acknowledge' as const), fc.boolean())
      .map(([button, isPressed]) =>
        give({ type: 'button', button, event: isPressed ? 'pressed' : 'released' }),
      ),
  },
  { weight: 1, arbitrary: fc.boolean().map((active) => give({ type: 'fire', active })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom('raise' as const, 'raise' as const, 'set' as const),
        fc.constantFrom('few' as const, 'few' as const, 'all' as const),
        fc.constantFrom(0, 1, 61_000, 23 * 3.6e6, 3 * 8.64e7, -3.6e6, -8.64e8, 1e17, Number.NaN),
      )
      .map(([purpose, signed, aheadMs]) =>
        named(`${purpose} by ${signed}: ${aheadMs}`, (world) => {
          const atMs = world.state.time.wallMs + aheadMs;
          const admins = signed === 'all' ? ['a', 'b'] : ['a'];
          const given = { purpose, signed, atMs, admins, services: [], omitted: 0 };
          take(world, { type: 'signed-time', ...given });
        }),
      ),
  },
  { weight: 1, arbitrary: fc.boolean().map((open) => give({ type: 'tamper', open })) },
  { weight: 1, arbitrary: fc.constant(give({ type: 'exit-button' })) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(...commandNames)
      .map((name) =>
        named(`an admin's ${name}`, give({ type: 'command', name, id: 'c', admins: ['ann'] })),
      ),
  },
  { weight: 1, arbitrary: fc.constant(opensFromAfar) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(3_600, 3_730).map((feverCentidegrees) =>
      named(`another policy: ${feverCentidegrees}`, (world) => {
        const { settings: own } = world.state;
        const limits = { ...own.policy.settings, feverCentidegrees };
        const policy = { ...own.policy, settings: limits };
        const policyHash = String(feverCentidegrees).padEnd(64, '0');
        const hashes = {
          configuration: '0c'.repeat(32),
          trust: '0d'.repeat(32),
          revocations: null,
        };
        take(world, {
          ...{ type: 'configuration', event: 'entered', hashes, version: 'test' },
          settings: { ...own, policy, policyHash },
        });
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...settingsFaults), fc.boolean())
      .map(([fault, on]) => give({ type: 'settings', fault, on })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('probation' as const, 'reverted' as const).map((phase) =>
      give({
        ...{ type: 'config-step', channel: 'policy', seq: 1, phase, code: '' },
        sha256: 'ab'.repeat(32),
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('opened' as const, 'left-open' as const, 'closed' as const)
      .map((phase) => give({ type: 'door', phase })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...allDevices),
        fc.constantFrom('ok' as const, 'ok' as const, 'degraded' as const, 'lost' as const),
      )
      .map(([device, status]) => give({ type: 'device', device, status, why: 'test' })),
  },
  {
    weight: 3,
    arbitrary: fc
      .array(knownEntry, { maxLength: 6 })
      .map((entries) => give({ type: 'known', entries })),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('expired' as const, 'bad-prefix' as const).map((reason) =>
      named(`refused: ${reason}`, (world) => {
        const takenMs = world.now.monotonicMs;
        const evidence = { type: 'refused' as const, reason, kind: null, id: null, takenMs };
        take(world, { type: 'evidence', evidence });
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...papers), fc.constantFrom(Number.NaN, -1, 1e15))
      .map(([paper, takenMs]) => give({ type: 'evidence', evidence: { ...paper, takenMs } })),
  },
  // Time stands still, goes on, leaps; the wall clock goes its own ways.
  {
    weight: 10,
    arbitrary: fc.constantFrom(0, 0.25, 40, 900, 1_600, 7_000).map((ms) => elapse(ms)),
  },
  { weight: 2, arbitrary: fc.constantFrom(31_000, 130_000, 700_000, 9e7).map((ms) => elapse(ms)) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(-3.6e6, 3.6e6, 8e7, -9e7, 9e8, 1e17, -1e17, Number.NaN)
      .map((wallMs) => elapse(0, wallMs)),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<ClockState>('synced', 'holdover', 'floor', 'conflict').map((clock) =>
      named(`clock ${clock}`, (world) => {
        world.now = { ...world.now, wallMs: startWallMs + world.now.monotonicMs, clock };
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(8e7, 3.6e6, 0).map((aheadMs) =>
      named(`a forged time service says ${aheadMs} ms more, and again`, (world) => {
        for (let poll = 0; poll < 3; poll += 1) {
          const monotonicMs = world.now.monotonicMs + 1_000;
          const wallMs = world.state.time.wallMs + 1_000 + aheadMs;
          world.now = { monotonicMs, wallMs, clock: 'synced' };
          take(world, { type: 'timer' });
        }
      }),
    ),
  },
  { weight: 4, arbitrary: fc.constant(give({ type: 'timer' })) },
);

function begin(
  direction: Direction,
  change: Pick<
    GateSettings,
    'turnstileMode' | 'hasRelease' | 'hasPassageSensor' | 'mayOpenFromAfar'
  >,
): World {
  const now: Now = { monotonicMs: 1_000, wallMs: startWallMs, clock: 'synced' };
  const state = initialState(settings({ direction, ...change }), now);
  const world: World = { state, now, effects: [], asked: [], lastSeq: 0 };
  take(world, {
    type: 'boot',
    uses: [],
    endedCleanly: true,
    reason: 'stopped',
    version: 'test',
    standing: nothingStands,
  });
  take(world, { type: 'journal', fault: 'journal-filling', on: false });
  for (const device of allDevices)
    take(world, { type: 'device', device, status: 'ok', why: 'test' });
  take(world, { type: 'registry', key: 'current', keyId: '00' });
  return world;
}

/** Ten seconds on a machine of its own. */
const timeoutMs = 240_000;

test('no sequence of inputs breaks a law, makes the core throw or holds it up for ever', {
  timeout: timeoutMs,
}, () => {
  let pulses = 0;
  let passages = 0;
  let openedFromAfar = 0;
  fc.assert(
    fc.property(
      fc.constantFrom<Direction>('in', 'out'),
      fc.constantFrom(...turnstileModes),
      fc.boolean(),
      fc.boolean(),
      fc.integer({ min: 0, max: 9 }),
      fc.array(event, { minLength: 20, maxLength: 120 }),
      (direction, turnstileMode, hasRelease, mayOpenFromAfar, sensor, events) => {
        const own = { turnstileMode, hasRelease, mayOpenFromAfar, hasPassageSensor: sensor > 0 };
        const world = begin(direction, own);
        for (const happen of events) happen(world);
        pulses += world.effects.filter(({ type }) => type === 'relay-pulse').length;
        for (const { records } of world.effects.filter((it) => it.type === 'append'))
          passages += records.filter(({ outcome }) => outcome === 'passed').length;
        const answers = world.effects.filter((it) => it.type === 'answer');
        const opened = answers.filter((it) => it.name === 'open' && it.result === 'done').length;
        if (!mayOpenFromAfar && opened > 0) throw new Error('opened from afar where nobody may');
        openedFromAfar += opened;
        settle(world);
      },
    ),
    { numRuns: Number(process.env['GATE_KIOSK_RUNS'] ?? 300) },
  );
  // A property that never gets through the lane would promise nothing.
  expect(pulses).toBeGreaterThan(20);
  expect(passages).toBeGreaterThan(5);
  expect(openedFromAfar).toBeGreaterThan(0);
});

/** All is sound again and everybody goes: nothing may be left, and the next person gets through. */
function settle(world: World): void {
  // A clock that is right again is not behind what time has surely reached, and near what admins have set.
  const { wallMs: reachedMs, isSet } = world.state.time;
  const wallMs = isSet ? reachedMs : Math.max(startWallMs + world.now.monotonicMs, reachedMs);
  world.now = { ...world.now, wallMs, clock: 'synced' };
  take(world, { type: 'timer' });
  // Where clocks and a signature have run time ahead as far as they may, not even one that agrees is believed:
  // what they have moved is forgotten in two days.
  if (world.state.time.clock !== 'synced') elapse(2 * 8.64e7)(world);
  take(world, { type: 'journal', fault: 'journal-filling', on: false });
  take(world, { type: 'settings', fault: 'configuration-stale', on: false });
  for (const device of allDevices)
    take(world, { type: 'device', device, status: 'ok', why: 'test' });
  take(world, { type: 'registry', key: 'current', keyId: '00' });
  take(world, { type: 'passage', phase: 'left' });
  take(world, { type: 'door', phase: 'closed' });
  take(world, { type: 'tamper', open: false });
  // Five children may still be let through behind an adult, each in its time.
  const paces = [1, 2_000, ...Array.from({ length: 16 }, () => 10_000), 150_000, 700_000, 700_000];
  for (const ms of paces) {
    elapse(ms)(world);
    answerAll(world);
    take(world, { type: 'fire', active: false });
    take(world, { type: 'button', button: 'acknowledge', event: 'pressed' });
    take(world, { type: 'timer' });
  }
  if (world.state.lockdown) {
    take(world, { type: 'button', button: 'lockdown', event: 'pressed' });
    take(world, { type: 'button', button: 'lockdown', event: 'long' });
  }
  // The guard enters at last whose details are waited for.
  const seconds = Math.floor(world.state.time.wallMs / 1_000);
  showBadge(badge('g', { issuedSeconds: seconds, expiresSeconds: seconds + 60 }), true)(world);
  for (const { attempt } of world.state.detailsOwed) enter(attempt, null, detailFields)(world);
  enter(null, null)(world);
  answerAll(world);
  const { state } = world;
  expect(state).toMatchObject({ attempt: null, lane: { name: 'locked' }, late: [], alarms: [] });
  expect(state.emergencyUntilMs).toBeNull();
  expect(state.unwritten).toMatchObject({ failed: [], retryMs: null });
  expect(state.unwritten.sent.size).toBe(0);
  for (const { id } of tickets)
    for (const direction of ['in', 'out'] as const)
      expect(findUse(state.known, 'ticket', id, direction)?.state).not.toBe('reserved');
}
