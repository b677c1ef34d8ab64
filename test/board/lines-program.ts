/**
 * Runs on the board: a gate's lines by one backend, with the far side of each in the same process.
 * Prints one JSON object for each thing that was seen; the test judges.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { readBoard } from '../../config/board.js';
import type { GpioBackend } from '../../config/kiosk-config.js';
import { parseKioskConfig } from '../../config/kiosk-config-schema.js';
import { monotonicNowMs, systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import type { LineEdge, RelayReport } from '../../hardware/ports.js';
import { workerRelay } from '../../hardware/relay.js';
import { openLines } from '../../kiosk/daemon/board-lines.js';
import { drive, sense, spike } from './gpio-sim.js';

/** BCM numbers of the shipped map */
const offsets = { grant: 17, release: 27, lamp: 22, passage: 5, next: 9 } as const;
/** Well below the 2 ms of the kernel's debouncing. */
const spikeMsMax = 1.5;
const program = fileURLToPath(import.meta.url);
const [backend, role] = process.argv.slice(2);
const clock = systemClock();
const scheduler = systemScheduler();

const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => void scheduler.at(monotonicNowMs() + ms, resolve));
function see(saw: string, fields: Readonly<Record<string, unknown>> = {}): void {
  writeSync(1, `${JSON.stringify({ saw, ...fields })}\n`);
}
/** How long until the far side of a line has this level, or null: it never had. */
async function until(offset: number, level: boolean, limitMs: number): Promise<number | null> {
  const beganMs = monotonicNowMs();
  while (monotonicNowMs() - beganMs < limitMs) {
    if (sense(offset) === level) return monotonicNowMs() - beganMs;
    await sleep(1);
  }
  return null;
}

function open() {
  const file = new URL('../../config/kiosk.example.json', import.meta.url);
  const example = JSON.parse(readFileSync(file, 'utf8')) as { devices: { panel: unknown } };
  // The covers have no pins of their own on the shipped map.
  const devices = { ...example.devices, panel: {} };
  const gpio = { backend, board: 'raspberry-pi-4' };
  const parsed = parseKioskConfig({ ...example, devices, gpio });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { board, problems } = readBoard(parsed.config, 'kiosk.json');
  if (board === null) throw new Error(JSON.stringify(problems));
  const log = pino({ level: 'silent' });
  const opened = openLines(parsed.config, board, { clock, scheduler, log });
  if (!opened.ok) throw new Error(opened.problem);
  return opened;
}

/** The relay alone, in a process that its parent kills. */
async function pulseAndWait(): Promise<void> {
  const { lines } = open();
  const relay = workerRelay({ lines: lines.relay, clock });
  relay.subscribe((report) => {
    if (report.type === 'status' && report.status === 'ok') relay.pulse(1, 1_000);
  });
  await sleep(60_000);
}

async function all(): Promise<void> {
  drive(offsets.passage, true);
  drive(offsets.next, true);
  const { lines, choice } = open();
  see('choice', { ...choice });
  await inputs(lines.inputs);
  lines.outputs.set('lamp-normal', true);
  see('lamp', { on: sense(offsets.lamp) });
  await relays(lines.relay);
  lines.close();
  see('closed', { lamp: sense(offsets.lamp) });
  await kill();
  see('end', { atMs: monotonicNowMs() });
}

async function inputs(contacts: ReturnType<typeof open>['lines']['inputs']): Promise<void> {
  let why = 'never told';
  contacts.status?.((next) => {
    why = next;
  });
  const edges: LineEdge[] = [];
  contacts.subscribe((edge) => edges.push(edge));
  see('inputs', {
    why,
    passage: contacts.isActive('passage'),
    fire: contacts.isActive('fire-loop'),
  });
  // The contact closes to ground: active is low.
  const drivenMs = monotonicNowMs();
  drive(offsets.passage, false);
  while (edges.length === 0 && monotonicNowMs() - drivenMs < 2_000) await sleep(1);
  const [edge] = edges.splice(0);
  see('edge', {
    line: edge?.line,
    active: edge?.active,
    isActive: contacts.isActive('passage'),
    stampMs: (edge?.monotonicMs ?? Number.NaN) - drivenMs,
    heardMs: monotonicNowMs() - drivenMs,
  });
  // Spikes of two writes: of one that was shorter than the kernel's debouncing nothing may be heard.
  let seen = { lengthMs: Number.POSITIVE_INFINITY, edges: 0 };
  for (let tries = 0; tries < 40 && seen.lengthMs > spikeMsMax; tries += 1) {
    const lengthMs = spike(offsets.next);
    await sleep(200);
    seen = { lengthMs, edges: edges.splice(0).length };
  }
  see('spike', seen);
  // The loop is stuck while a person presses: all of it is read afterwards, in order.
  for (const high of [false, true]) {
    drive(offsets.next, high);
    const beganMs = monotonicNowMs();
    while (monotonicNowMs() - beganMs < 60) sense(offsets.next);
  }
  await sleep(200);
  see('stalled', { edges: edges.map(({ line, active }) => `${line} ${active}`) });
}

async function relays(described: ReturnType<typeof open>['lines']['relay']): Promise<void> {
  const relay = workerRelay({ lines: described, clock });
  const reports: RelayReport[] = [];
  relay.subscribe((report) => reports.push(report));
  while (reports.length === 0) await sleep(1);
  see('relay', {
    report: reports[0],
    grant: sense(offsets.grant),
    release: sense(offsets.release),
  });
  // The main thread is stuck from the asking on: the worker's own time ends the pulse.
  relay.pulse(1, 60_000);
  const askedMs = monotonicNowMs();
  let onMs: number | null = null;
  let offMs: number | null = null;
  while (offMs === null && monotonicNowMs() - askedMs < 5_000) {
    const level = sense(offsets.grant);
    if (level) onMs ??= monotonicNowMs();
    else if (onMs !== null) offMs = monotonicNowMs();
  }
  see('pulse', {
    writeMs: (onMs ?? Number.NaN) - askedMs,
    onMs: (offMs ?? Number.NaN) - (onMs ?? 0),
  });
  await sleep(1_200);
  relay.release(true, clock.now().monotonicMs + 60_000);
  const releasedMs = await until(offsets.release, true, 2_000);
  relay.pulse(2, 1_000);
  await until(offsets.grant, true, 2_000);
  await relay.worker.terminate();
  await sleep(50);
  see('terminated', {
    released: releasedMs !== null,
    grant: sense(offsets.grant),
    release: sense(offsets.release),
    last: reports.at(-1),
  });
  // Whoever comes next gets the lines: nothing holds them any more.
  const next = workerRelay({ lines: described, clock });
  const first = await new Promise((resolve) => void next.subscribe(resolve));
  see('again', { first });
  await next.close();
}

async function kill(): Promise<void> {
  const child = spawn(process.execPath, [program, backend ?? '', 'pulse'], { stdio: 'ignore' });
  const isOn = (await until(offsets.grant, true, 60_000)) !== null;
  const exited = new Promise((resolve) => void child.once('exit', resolve));
  child.kill('SIGKILL');
  await exited;
  await sleep(100);
  const after = sense(offsets.grant);
  let rises = 0;
  for (let look = 0; look < 500; look += 1) {
    if (!after && sense(offsets.grant)) rises += 1;
    await sleep(1);
  }
  const { lines } = open();
  const relay = workerRelay({ lines: lines.relay, clock });
  await new Promise((resolve) => void relay.subscribe(resolve));
  see('killed', { isOn, after, rises, atNextStart: sense(offsets.grant) });
  await relay.close();
  lines.close();
}

await (role === 'pulse' ? pulseAndWait() : all());

export type Seen = Readonly<Record<string, unknown>> & { readonly saw: string };
export type Backend = Extract<GpioBackend, 'auto' | 'sysfs'>;
