/**
 * On the board: the daemon is killed before, in and after the pulse of a resident's ticket, and started
 * again; the resident comes back with the same ticket each time. Prints what was seen of each life, one
 * JSON line a life; the test judges.
 */
import { writeSync } from 'node:fs';
import { random } from '../../hardware/simulated/random.js';
import { type Gate, isMeasured } from '../system/rig.js';
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
const stuckMs = 90_000;
/** From the last paper to the pulse takes about so long here. */
const grantMsMax = 150;
const ends = ['go', 'see-guard', 'refused'] as const;

let gate = await start();
for (let life = 0; life < Number(count); life += 1) await live(moments[life % 3] ?? 'in', life);
gate.kill('SIGTERM');
process.exit((await gate.ended).code ?? 1);

async function start(): Promise<Gate> {
  const started = await board.start();
  await started.view(({ mode }) => mode === 'idle');
  await board.comes();
  return started;
}

async function live(moment: Moment, life: number): Promise<void> {
  const household = `${life + 1}-1-202`;
  const ticket = papers.ticket(household);
  const from = board.grantLine.edges.length;
  await within('shows', shows(household, ticket));
  await within(moment, due(moment, from));
  const before = board.grantLine.edges.slice(from, kill());
  const diedMs = nowMs();
  await within('ended', gate.ended);
  await pause(deadMs);
  const levelBefore = board.grantLine.level();
  const after = board.grantLine.edges.slice(from + before.length);
  gate = await within('start', start());
  const levelAtStart = board.grantLine.level();
  const risesAfter = board.grantLine.edges.slice(from + before.length).filter(isRise).length;
  const again = await within('again', comesBack(household, ticket));
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

/** Whoever waits for what does not come is told what was said until then. */
async function within<Value>(what: string, wanted: Promise<Value>): Promise<Value> {
  const late = pause(stuckMs).then(() => 'late' as const);
  const first = await Promise.race([wanted, late]);
  if (first !== 'late') return first;
  gate.kill('SIGTERM');
  const { stderr } = await gate.ended;
  throw new Error(`${what} has not come:\n${stderr}`);
}

/** All but the answer: pass, wrist, ticket. */
async function shows(household: string, ticket: string): Promise<void> {
  board.scan(papers.pass(household));
  board.hand.reach();
  await gate.view(isMeasured);
  board.scan(ticket);
  board.hand.rest();
}

/** Waits for a moment of the dice's. */
async function due(moment: Moment, from: number): Promise<void> {
  if (moment === 'before') return await pause(dice.int(grantMsMax));
  const { atMs } = await board.grantLine.next(true, from);
  if (moment === 'in') return await pause(Math.max(0, atMs + dice.int(pulseMs) - nowMs()));
  await board.grantLine.next(false, from);
  await pause(dice.int(pulseMs));
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
  await shows(household, ticket);
  const { mode } = await gate.view((view) => ends.some((end) => end === view.mode));
  if (mode !== 'go') {
    await board.hold('refuse', 200);
    return mode;
  }
  await board.walk();
  await gate.view((view) => view.mode === 'idle');
  return mode;
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
