/**
 * On the board: the daemon is killed before, in and after the pulse of a resident's ticket, and started
 * again; the resident comes back with the same ticket each time. Prints what was seen of each life, one
 * JSON line a life; the test judges.
 */
import { writeSync } from 'node:fs';
import { random } from '../../hardware/simulated/random.js';
import { isMeasured } from '../system/rig.js';
import { boardGate } from './daemon-gate.js';
import type { Edge } from './daemon-look.js';
import { pulseMs } from './daemon-setup.js';
import { nowMs, pause } from './daemon-time.js';

const moments = ['before', 'in', 'after'] as const;
/** of its end, by the resident's pulse */
export type Moment = (typeof moments)[number];

/** One life of the daemon: from its start to the next one's. */
export interface Life {
  readonly moment: Moment;
  /** of the grant's line while the daemon lived, from the resident's last paper on */
  readonly pulses: readonly { readonly lengthMs: number }[];
  /** the line had risen, and not fallen, as it was killed; for how long it had been high */
  readonly onMs: number | null;
  /** how long after its death the line fell; null: it was low, or stayed high */
  readonly fellMs: number | null;
  readonly risesAfter: number;
  /** just before the next start, and when that one's devices were there */
  readonly levelBefore: boolean | null;
  readonly levelAtStart: boolean | null;
  /** what the next life's screen said to the same ticket */
  readonly again: string;
  /** pulses that this ticket has had in both lives */
  readonly ticketPulses: number;
}

const [seed = '1', count = '1'] = process.argv.slice(2);
const dice = random(Number(seed));
const board = await boardGate('chardev', 'out');
const { papers } = board.site;
/** How long a dead daemon's line is watched before the next start, which takes seconds to come to it. */
const deadMs = 200;
/** Whoever is not answered by then, or refused, tries again: on a crowded machine a disk is late. */
const patienceMs = 8_000;
/** From the last paper to the pulse takes about so long here. */
const grantMsMax = 150;
const ends = ['go', 'see-guard', 'refused'] as const;

let gate = await board.start();
let householdCount = 0;
for (let life = 0; life < Number(count); life += 1) await live(moments[life % 3] ?? 'in');
gate.kill('SIGTERM');
process.exit((await gate.ended).code ?? 1);

async function live(moment: Moment): Promise<void> {
  const { household, ticket, from } = await due(moment);
  const before = board.grantLine.edges.slice(from, kill());
  const diedMs = nowMs();
  await gate.ended;
  await pause(deadMs);
  const levelBefore = board.grantLine.level();
  const after = board.grantLine.edges.slice(from + before.length);
  gate = await board.start();
  const levelAtStart = board.grantLine.level();
  const risesAfter = board.grantLine.edges.slice(from + before.length).filter(isRise).length;
  const again = await comesBack(household, ticket);
  const last = before.at(-1);
  const seen: Life = {
    moment,
    pulses: lengthsOf(before),
    onMs: last?.level === true ? diedMs - last.atMs : null,
    fellMs: last?.level === true && after[0] !== undefined ? after[0].atMs - diedMs : null,
    ...{ risesAfter, levelBefore, levelAtStart, again },
    ticketPulses: board.grantLine.edges.slice(from).filter(isRise).length,
  };
  writeSync(1, `${JSON.stringify(seen)}\n`);
}

/** All but the answer: pass, wrist, ticket. */
async function shows(household: string, ticket: string): Promise<void> {
  board.scan(papers.pass(household));
  board.hand.reach();
  await gate.screen.until(isMeasured, patienceMs);
  board.scan(ticket);
  board.hand.rest();
}

interface Resident {
  readonly household: string;
  readonly ticket: string;
  /** edges that were before */
  readonly from: number;
}

/** Residents come until one is at a moment of the dice's. */
async function due(moment: Moment): Promise<Resident> {
  for (;;) {
    householdCount += 1;
    const household = `${householdCount}-1-202`;
    const ticket = papers.ticket(household);
    const from = board.grantLine.edges.length;
    await shows(household, ticket);
    if (moment === 'before') await pause(dice.int(grantMsMax));
    if (moment === 'before') return { household, ticket, from };
    const rise = await board.grantLine.next(true, from, patienceMs);
    if (rise !== null) {
      if (moment === 'after') await board.grantLine.next(false, from, patienceMs);
      const fromMs = moment === 'after' ? nowMs() : rise.atMs;
      await pause(Math.max(0, fromMs + dice.int(pulseMs) - nowMs()));
      // On a crowded machine the pulse may be over by now: another resident's then.
      if (moment === 'after' || board.grantLine.level() === true)
        return { household, ticket, from };
      await board.walk();
      await gate.screen.until(({ mode }) => mode === 'idle', patienceMs);
    } else await board.hold('refuse', 200);
  }
}

/** @returns how many edges there were when the daemon died: a rise just now was still its own */
function kill(): number {
  board.grantLine.level();
  const { length } = board.grantLine.edges;
  gate.kill('SIGKILL');
  return board.grantLine.level() === true ? board.grantLine.edges.length : length;
}

/** The same ticket in the next life; who is let out goes, and who is not leaves. */
async function comesBack(household: string, ticket: string): Promise<string> {
  for (;;) {
    await shows(household, ticket);
    const view = await gate.screen.until(
      ({ mode }) => ends.some((end) => end === mode),
      patienceMs,
    );
    if (view?.mode === 'go') {
      await board.walk();
      await gate.screen.until(({ mode }) => mode === 'idle', patienceMs);
      return view.mode;
    }
    await board.hold('refuse', 200);
    if (view !== null) return view.mode;
  }
}

function isRise({ level }: Edge): boolean {
  return level === true;
}

/** Of those that were over while it lived. */
function lengthsOf(edges: readonly Edge[]): Life['pulses'] {
  return edges.flatMap(({ level, atMs }, index) => {
    const end = edges[index + 1];
    return level === true && end !== undefined ? [{ lengthMs: end.atMs - atMs }] : [];
  });
}
