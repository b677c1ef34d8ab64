/** What goes wrong, and is right again after a while: each trouble begins, lasts and ends by itself. */
import type { PanelButton } from '../../config/vocabulary.js';
import type { CommandName } from '../../drivers/id-card-reader/codec.js';
import type { ReaderFault } from '../../drivers/id-card-reader/twin.js';
import { noFaults, type WireFaults } from '../../hardware/simulated/wire.js';
import type { Campus } from './campus.js';
import { presses } from './hands.js';
import type { Troubles } from './options.js';
import type { Script } from './script.js';
import type { Site } from './site.js';
import type { Span } from './truth.js';

const secondMs = 1_000;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

type Trouble = (campus: Campus, site: Site) => Script;

const troubles: Readonly<Record<Exclude<keyof Troubles, 'badMedium'>, Trouble>> = {
  *noise({ dice }, { ends }) {
    const wire = dice.pick([ends.scanner, ends.thermometer, ends.reader]);
    wire.setFaults(
      dice.pick<Partial<WireFaults>>([
        { corruptByte: 0.01, splitChunk: 1 },
        { duplicateChunk: 0.5, insertNoise: 0.3, dropByte: 0.002 },
        { insertNoise: 0.2 },
      ]),
    );
    yield dice.int(30 * minuteMs);
    wire.setFaults(noFaults);
  },
  *cable({ dice }, { ends }) {
    const wire = dice.pick([ends.scanner, ends.thermometer, ends.reader]);
    wire.cut();
    yield dice.int(20 * minuteMs);
    wire.mend();
  },
  *device({ dice }, { ends }) {
    if (dice.chance(0.5)) ends.sensor.setFault(dice.pick(['silent', 'frozen', 'jumping']));
    else ends.cards.setFault(dice.pick<ReaderFault>(readerFaults));
    yield dice.int(20 * minuteMs);
    ends.sensor.setFault('none');
    ends.cards.setFault({ type: 'none' });
  },
  *jam({ dice }, { ends }) {
    const contact = dice.pick(['passage', 'reverse'] as const);
    ends.turnstile.jam(true, contact);
    yield dice.int(10 * minuteMs);
    ends.turnstile.jam(false, contact);
  },
  *diskStalls({ dice }, site) {
    const begun = begins(site, site.truth.diskTroubles);
    site.journal.faults.stall(dice.int(4 * secondMs), 1 + dice.int(20));
    yield dice.int(30 * minuteMs);
    site.journal.faults.heal();
    begun();
  },
  *diskFails({ dice }, site) {
    const begun = begins(site, site.truth.diskTroubles);
    site.journal.faults.fail(dice.pick(['disk-full', 'io-error', 'read-only']));
    yield dice.int(30 * minuteMs);
    site.journal.faults.heal();
    // What has waited in memory is written within some seconds.
    yield 10 * secondMs;
    begun();
  },
  *powerCut({ dice }, site) {
    if (!site.isOn) return;
    site.cutPower();
    yield dice.pick([2 * secondMs, minuteMs, hourMs, 9 * hourMs]);
    site.boot();
  },
  *clockState({ dice }, site) {
    const begun = begins(site, site.truth.clockTroubles);
    site.computer.setClockState(dice.pick(['floor', 'conflict', 'holdover', 'holdover']));
    yield dice.int(3 * hourMs);
    site.computer.setClockState('synced');
    begun();
  },
  *clockJump({ dice }, site) {
    const begun = begins(site, site.truth.clockTroubles);
    const ms = (dice.int(7) - 3) * hourMs;
    site.computer.jumpWall(ms);
    yield dice.int(2 * hourMs);
    site.computer.jumpWall(-site.computer.wallErrorMs());
    // A time that was run ahead stands still for as long.
    yield Math.max(0, ms);
    begun();
  },
  *crash({ dice }, site) {
    if (!site.isOn) return;
    const begun = begins(site, site.truth.diskTroubles);
    if (dice.chance(0.5)) site.relay.crash();
    else site.journal.faults.loseWorker();
    yield dice.int(2 * minuteMs);
    // The supervisor starts the process anew.
    if (site.isOn) {
      site.cutPower();
      yield 2 * secondMs;
      site.boot();
    }
    begun();
  },
  *chatter({ dice }, site) {
    const { panel } = site.ends;
    const button = dice.pick<PanelButton>(chattering);
    const ms = 200 + dice.int(2_000);
    const fromMs = site.nowMs();
    const isCoverLifted = false;
    site.truth.presses.push({ button, fromMs, toMs: fromMs + ms, isChatter: true, isCoverLifted });
    panel.chatter(button, ms, 5 + dice.int(30));
    yield ms + 2 * secondMs;
  },
  *partition({ dice, medium }, site) {
    medium.cut(site.truth);
    yield dice.pick([minuteMs, hourMs, 12 * hourMs]);
    medium.mend(site.truth);
  },
  *fire({ dice }, site) {
    const begun = begins(site, site.truth.fires);
    const { fire } = site.ends;
    const kind = dice.int(3);
    if (kind === 0) fire.alarm(true);
    else if (kind === 1) fire.wires('cut');
    else fire.rattle(500 + dice.int(3_000));
    yield 20 * secondMs + dice.int(4 * minuteMs);
    fire.wires('sound');
    yield 100;
    fire.alarm(false);
    yield 5 * secondMs;
    begun();
    yield* presses(site, 'acknowledge');
  },
  *emergency({ dice }, site) {
    yield* presses(site, 'emergency', { isCoverLifted: dice.chance(0.9) });
    for (let people = dice.int(3); people > 0; people -= 1) {
      yield dice.int(20 * secondMs);
      site.ends.turnstile.walk();
    }
    yield 130 * secondMs;
    if (site.isOn && dice.chance(0.8))
      site.gate.details({ attempt: null, fields: { service: '120急救', people: '2' } });
    yield* presses(site, 'acknowledge');
  },
  *lockdown({ dice }, site) {
    yield* presses(site, 'lockdown', { isCoverLifted: dice.chance(0.9) });
    yield dice.int(2 * hourMs);
    while (site.state().lockdown) {
      yield* presses(site, 'lockdown', { isLong: true });
      yield 2 * secondMs;
    }
  },
  *rumours({ dice, medium, clock }, site) {
    const { attempt, lane } = site.state();
    const { wallMs } = clock.now();
    const times = {
      until: new Date(wallMs + 3 * dayMs).toISOString(),
      at: new Date(wallMs).toISOString(),
    };
    const keys = [
      ...(attempt?.documents ?? []).map(({ id }) => id),
      ...(!('grant' in lane) || lane.grant.ticket === null ? [] : [lane.grant.ticket.key]),
    ];
    const { direction } = site.truth;
    medium.rumour(site.truth, [
      dice.bytes(4),
      { type: 'ticket', key: 'ab', until: 'x' },
      ...keys.map((key) => ({ type: 'ticket', key, direction, ...times })),
    ]);
    yield 100;
  },
  *force({ dice }, site) {
    const { turnstile } = site.ends;
    const isBack = dice.chance(0.4);
    site.truth.walks.push({
      by: null,
      how: isBack ? 'comes-back' : 'forces',
      passes: true,
      atMs: site.nowMs(),
    });
    if (isBack) turnstile.walkBack();
    else turnstile.force();
    yield 2 * secondMs;
  },
};

const chattering: [PanelButton, ...PanelButton[]] = [
  'open',
  'confirm',
  'next',
  'refuse',
  'emergency',
  'lockdown',
];
const someCommands: readonly CommandName[] = ['find', 'select', 'read 30 01'];
const readerFaults: [ReaderFault, ...ReaderFault[]] = [
  { type: 'deaf' },
  { type: 'wrong-checksum' },
  { type: 'breaks-off', to: ['read 30 01'] },
  { type: 'noisy' },
  { type: 'gives-up' },
  { type: 'late', ms: 700 },
  { type: 'status', sw: [0, 0, 0x41], to: someCommands },
];

/** One of the troubles that there are in this world strikes while somebody is at the gate. */
export function strike(campus: Campus, site: Site): void {
  const { clock, dice, options } = campus;
  const names = (Object.keys(troubles) as (keyof typeof troubles)[]).filter(
    (name) => options.troubles[name] > 0,
  );
  const name = names[dice.int(names.length)];
  if (name === undefined) return;
  clock.at(clock.now().monotonicMs + dice.int(9_000), () => begin(campus, site, name));
}

/** Plans what goes wrong in the day that begins now. */
export function planTroubles(campus: Campus): void {
  const { clock, dice, options, sites } = campus;
  const beginsMs = clock.now().monotonicMs;
  for (const site of sites)
    for (const name of Object.keys(troubles) as (keyof typeof troubles)[]) {
      const rate = options.troubles[name];
      for (let left = countOf(rate, dice.next()); left > 0; left -= 1)
        clock.at(beginsMs + dice.int(dayMs), () => begin(campus, site, name));
    }
}

function begin(campus: Campus, site: Site, name: keyof typeof troubles): void {
  if (!campus.isHealed) site.run(troubles[name](campus, site));
}

/** A rate as a whole number of times: the rest of it is the probability of once more. */
function countOf(rate: number, roll: number): number {
  return Math.floor(rate) + (roll < rate % 1 ? 1 : 0);
}

/** Notes a span from now until the returned function is called. */
function begins(site: Site, spans: Span[]): () => void {
  const span = { fromMs: site.nowMs(), toMs: Number.POSITIVE_INFINITY };
  spans.push(span);
  return () => {
    spans[spans.indexOf(span)] = { ...span, toMs: site.nowMs() };
  };
}
