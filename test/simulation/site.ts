/**
 * One gate of the world: the real gate on its machine, a journal on a disk in memory, a relay, and
 * the twins at the far ends. It can lose its power and start again; it sleeps while nobody is there.
 */
import pino from 'pino';
import type { VirtualClock } from '../../hardware/simulated/clock.js';
import type { Random } from '../../hardware/simulated/random.js';
import { simulatedRelay } from '../../hardware/simulated/relay.js';
import { nextDeadlineMs } from '../../kiosk/core/deadlines.js';
import type { BrokenLaw } from '../../kiosk/core/laws/invariants.js';
import type { GateSettings } from '../../kiosk/core/settings.js';
import type { GateState } from '../../kiosk/core/state.js';
import type { step } from '../../kiosk/core/step.js';
import type { Verifier } from '../../kiosk/evidence/scan.js';
import type { KnownPort } from '../../kiosk/gate-ports.js';
import { memoryDisk, memoryJournal } from '../../kiosk/journal/memory.js';
import type { JournalPort, RecordDraft } from '../../kiosk/journal/port.js';
import { createGate } from '../../kiosk/main.js';
import { farEnds } from './devices.js';
import { machine } from './machine.js';
import { play, type Script } from './script.js';
import type { GateTruth, Saying } from './truth.js';

export interface SiteOptions {
  readonly clock: VirtualClock;
  readonly dice: Random;
  /** for keys: of its own, so that what is sealed does not change what happens */
  readonly keys: Random;
  readonly settings: GateSettings;
  readonly verifier: Verifier;
  readonly known: KnownPort;
  readonly truth: GateTruth;
  readonly serial: number;
  readonly step?: typeof step;
  readonly spoil?: (journal: JournalPort) => JournalPort;
  broken(law: BrokenLaw): void;
}

export type Site = ReturnType<typeof openSite>;

/** After the last thing done at a gate its contacts settle and its screen clears. */
const lingerMs = 2_500;
/** Whoever waits for so long does nothing at the gate meanwhile. */
const restMs = 20_000;

/** Starts a gate: locked, with every device there. */
export function openSite(options: SiteOptions) {
  const { clock, dice, truth, settings, spoil = (journal) => journal } = options;
  const disk = memoryDisk();
  const computer = machine(clock);
  const { devices, ends } = farEnds(clock, dice, settings.turnstileMode);
  let boots = 0;
  let active = 0;
  let isOn = false;
  let isLaneTaken = false;
  /** how long since somebody was here */
  let lastMs = 0;
  let cancelWake = (): void => {};
  let lastPrompt: string | null = null;
  let running = start();

  function start() {
    boots += 1;
    isOn = true;
    const bootId = (options.serial * 0x10000 + boots).toString(16).padStart(16, '0');
    const fromMs = clock.now().monotonicMs;
    const tools = { clock: computer, scheduler: clock };
    const relay = simulatedRelay({
      ...tools,
      mode: settings.turnstileMode,
      hasRelease: settings.hasRelease,
      lines(line, on, atMs) {
        truth.edges.push({ line, on, atMs, committedRows: disk.rows.length });
        ends.turnstile.relay(line, on);
      },
    });
    const journal = memoryJournal({
      ...tools,
      disk,
      bootId,
      machineStart: `${boots}`,
      at: new Date(computer.now().wallMs).toISOString(),
      newJournalId: options.serial.toString(16).padStart(32, '5'),
      previous: null,
      latencyMs: () => 1 + dice.int(20),
    });
    const gate = createGate(
      {
        clock: computer,
        scheduler: computer,
        random: options.keys.bytes,
        relay: {
          ...relay,
          pulse(id, durationMs) {
            truth.pulses.push({ bootId, id, atMs: clock.now().monotonicMs });
            relay.pulse(id, durationMs);
          },
        },
        journal: heardJournal(spoil(journal.journal), bootId),
        log: pino({ level: 'silent' }),
        known: options.known,
        devices,
      },
      {
        settings,
        verifier: options.verifier,
        restored: journal.restored,
        version: 'simulation',
        ...(options.step === undefined ? {} : { step: options.step }),
        show: () => {},
        observe(_input, state) {
          const prompt = state.prompt?.id ?? null;
          if (prompt !== lastPrompt)
            truth.prompts.push({ id: prompt, atMs: clock.now().monotonicMs });
          lastPrompt = prompt;
          if (computer.isAsleep) watch(state);
        },
        broken: options.broken,
      },
    );
    return { gate, journal, relay, bootId, fromMs };
  }

  /** Notes which request brought which records, and when it was first sent. */
  function heardJournal(journal: JournalPort, bootId: string): JournalPort {
    const first = new WeakMap<RecordDraft, Saying>();
    const waiting = new Map<number, readonly Saying[]>();
    journal.subscribe((event) => {
      const sayings = waiting.get(event.id) ?? [];
      waiting.delete(event.id);
      if (event.type !== 'committed') return;
      sayings.forEach((saying, index) => void truth.sayings.set(event.firstSeq + index, saying));
    });
    return {
      ...journal,
      append(request) {
        const now = { bootId, request: request.id, atMs: clock.now().monotonicMs };
        const sayings = request.records.map((record) => {
          const saying = first.get(record) ?? now;
          first.set(record, saying);
          return saying;
        });
        waiting.set(request.id, sayings);
        journal.append(request);
      },
    };
  }

  /** What the core wants to do by itself, apart from looking through what it may forget. */
  function deadlineOf(state: GateState): number {
    return nextDeadlineMs({ ...state, housekeepingMs: Number.POSITIVE_INFINITY });
  }
  function watch(state: GateState): void {
    cancelWake();
    const dueMs = deadlineOf(state);
    if (Number.isFinite(dueMs)) cancelWake = clock.at(dueMs, () => run(idle()));
  }
  function wake(): void {
    lastMs = clock.now().monotonicMs;
    if (!computer.isAsleep) return;
    cancelWake();
    computer.wake(nextDeadlineMs(running.gate.state()));
    ends.wake();
  }
  function doze(): void {
    if (active > 0 || computer.isAsleep) return;
    if (clock.now().monotonicMs - lastMs < lingerMs) return;
    computer.sleep();
    ends.sleep();
    if (isOn) watch(running.gate.state());
  }
  /** Keeps the gate awake while the script goes on and a little longer, but not through its long waits. */
  function run(script: Script<unknown>): void {
    let isResting = false;
    begin();
    play(clock, script, {
      rests(ms) {
        isResting = ms >= restMs;
        if (isResting) end();
      },
      goesOn() {
        if (isResting) begin();
        isResting = false;
      },
      ended: end,
    });
  }
  function begin(): void {
    active += 1;
    wake();
  }
  function end(): void {
    active -= 1;
    lastMs = clock.now().monotonicMs;
    clock.at(lastMs + lingerMs, doze);
  }
  function* idle(): Script {
    yield 100;
  }
  function stop(): void {
    isOn = false;
    cancelWake();
    running.gate.stop();
    running.journal.cutPower();
    const { bootId, fromMs } = running;
    truth.boots.push({ bootId, fromMs, toMs: clock.now().monotonicMs });
  }

  return {
    truth,
    ends,
    disk,
    computer,
    settings,
    run,
    state: (): GateState => running.gate.state(),
    get gate() {
      return running.gate;
    },
    get journal() {
      return running.journal;
    },
    get relay() {
      return running.relay;
    },
    get bootId() {
      return running.bootId;
    },
    get isOn() {
      return isOn;
    },
    nowMs: (): number => clock.now().monotonicMs,
    /** One person at a time before the readers: those who come later wait in line. */
    *queue(): Script {
      while (isLaneTaken) yield 1_000;
      isLaneTaken = true;
    },
    leave(): void {
      isLaneTaken = false;
    },
    /** The power is gone, at once. */
    cutPower: stop,
    /** And is back. */
    boot(): void {
      if (isOn) return;
      lastPrompt = null;
      running = start();
    },
  };
}
