/**
 * One gate on a simulated board: the real gate, journal and relay worker, and at the far end of
 * every wire and line the device's twin. What a person, a hand or a fault does goes in here.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { KioskConfig } from '../../config/kiosk-config.js';
import type { Policy } from '../../config/policy.js';
import type { Direction } from '../../config/vocabulary.js';
import { scannerTwin } from '../../drivers/qr-scanner/twin.js';
import { usualBaudRates } from '../../drivers/registry.js';
import { type ThermometerTwin, thermometerTwin } from '../../drivers/thermometer/twin.js';
import { turnstileTwin } from '../../drivers/turnstile/twin.js';
import {
  type RunningPanel,
  type RunningTurnstile,
  runPanel,
  runThermometer,
  runTurnstile,
} from '../../drivers/twins.js';
import { monotonicNowMs } from '../../hardware/linux/clock.js';
import type { Link } from '../../hardware/ports.js';
import { workerRelay } from '../../hardware/relay.js';
import type { SkippingClock } from '../../hardware/simulated/clock.js';
import { simulatedLines } from '../../hardware/simulated/lines.js';
import { type Random, random } from '../../hardware/simulated/random.js';
import { type RelayEdge, simulatedRelayLines } from '../../hardware/simulated/relay-lines.js';
import { type FarEnd, simulatedWire } from '../../hardware/simulated/wire.js';
import type { Effect, Input } from '../../kiosk/core/messages.js';
import type { GateState } from '../../kiosk/core/state.js';
import type { Verifier } from '../../kiosk/evidence/scan.js';
import type { KnownPort } from '../../kiosk/gate-ports.js';
import type { JournalFaults } from '../../kiosk/journal/handoff.js';
import { openJournal } from '../../kiosk/journal/journal.js';
import { createGate, type Gate } from '../../kiosk/main.js';
import type { ScreenView } from '../../kiosk/screen/view.js';
import { gateSettings } from '../../kiosk/settings/gate-settings.js';

export interface BoardOptions {
  readonly direction: Direction;
  readonly config: KioskConfig;
  readonly policy: Policy;
  readonly clock: SkippingClock;
  readonly verifier: Verifier;
  readonly known: KnownPort;
  /** where the journal lies */
  readonly folder: string;
  readonly log: Logger;
  readonly seed: number;
  show(view: ScreenView): void;
  observe(input: Input, state: GateState, effects: readonly Effect[]): void;
  broken(detail: string): void;
}

export interface Board {
  readonly gate: Gate;
  readonly scannerWire: FarEnd;
  readonly thermometerWire: FarEnd;
  readonly thermometer: ThermometerTwin;
  readonly turnstile: RunningTurnstile;
  readonly panel: RunningPanel;
  readonly disk: JournalFaults;
  /** holds a code before the scanner */
  scan(text: string): void;
  /** raw bytes out of the scanner */
  scanBytes(bytes: Uint8Array): void;
  relayEdges(): readonly RelayEdge[];
  /** machine time of the last byte that reached the gate, by `monotonicNowMs` */
  lastByteAtMs(): number;
  /** whether disk or relay has something under way that real time, not skipped time, will bring */
  isBusy(): boolean;
  /** ends as a power cut does: nothing is told, nothing is tidied up */
  cutPower(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a gate with all its devices connected. @throws where the journal cannot be opened */
export async function openBoard(options: BoardOptions): Promise<Board> {
  const { clock, direction, log } = options;
  const bootId = randomBytes(8).toString('hex');
  const opened = await openJournal({
    file: join(options.folder, `${direction}.db`),
    bootId,
    at: new Date(clock.now().wallMs).toISOString(),
    newJournalId: randomBytes(16).toString('hex'),
    previous: null,
    faults: true,
  });
  if (!opened.ok || opened.faults === null)
    throw new Error(opened.ok ? 'no fault hooks' : `journal: ${opened.why}: ${opened.detail}`);
  const { journal, restored, faults: disk } = opened;

  const dice = random(options.seed);
  const lines = simulatedLines({ clock });
  const contacts = simulatedRelayLines();
  const stopSkips = clock.onSkip((ms) => contacts.skip(ms));
  const relay = workerRelay({ lines: contacts.description, clock });
  const turnstile = runTurnstile({ clock, scheduler: clock, twin: turnstileTwin(), lines });
  let pulsesAwaited = 0;
  contacts.onEdge(({ line, on }) => {
    if (line === 'grant' && on) pulsesAwaited -= 1;
    turnstile.relay(line, on);
  });
  const panel = runPanel({ clock, scheduler: clock, lines });

  const scanner = wire(clock, dice, usualBaudRates.line);
  const thermo = wire(clock, dice, usualBaudRates['gy-614v3']);
  const thermometer = thermometerTwin({ random: dice });
  const stopFrames = runThermometer({
    clock,
    scheduler: clock,
    twin: thermometer,
    write: thermo.far.write,
  });
  let lastByteAtMs = 0;
  const byteCame = (): void => {
    lastByteAtMs = monotonicNowMs();
  };
  const gate = createGate(
    {
      clock,
      scheduler: clock,
      random: randomBytes,
      devices: {
        scanner: { driver: 'line', link: watched(scanner.link, byteCame) },
        thermometer: { driver: 'gy-614v3', link: watched(thermo.link, byteCame) },
        turnstile: { driver: 'contact', lines },
        panel: { driver: 'contacts', lines },
      },
      relay,
      journal,
      known: options.known,
      log,
    },
    {
      settings: gateSettings(
        { ...options.config, direction, kiosk: `sim-${direction}` },
        options.policy,
      ),
      verifier: options.verifier,
      restored,
      version: 'simulated-board',
      show: options.show,
      observe(input, state, effects) {
        pulsesAwaited += effects.filter(({ type }) => type === 'relay-pulse').length;
        if (input.type === 'pulse-refused') pulsesAwaited -= 1;
        options.observe(input, state, effects);
      },
      broken: (law) => options.broken(`${law.law}: ${law.detail}`),
    },
  );
  const twin = scannerTwin('crlf');
  const stopDevices = (): void => {
    stopFrames();
    stopSkips();
    gate.stop();
  };
  return {
    gate,
    scannerWire: scanner.far,
    thermometerWire: thermo.far,
    thermometer,
    turnstile,
    panel,
    disk,
    scan: (text) => scanner.far.write(twin.scan(text)),
    scanBytes: (bytes) => scanner.far.write(bytes),
    relayEdges: () => contacts.edges(),
    lastByteAtMs: () => lastByteAtMs,
    isBusy() {
      const { lane, unwritten } = gate.state();
      return lane.name === 'committing' || unwritten.sent.size > 0 || pulsesAwaited > 0;
    },
    async cutPower() {
      stopDevices();
      disk.loseWorker();
      await relay.close();
      contacts.close();
    },
    async close() {
      stopDevices();
      await relay.close();
      contacts.close();
      await journal.close();
    },
  };
}

function wire(
  clock: SkippingClock,
  dice: Random,
  baudRate: number,
): ReturnType<typeof simulatedWire> {
  return simulatedWire({ clock, scheduler: clock, random: dice, baudRate });
}

/** The same link, telling when bytes come. */
function watched(link: Link, came: () => void): Link {
  return {
    ...link,
    open(events) {
      link.open({
        ...events,
        data(bytes) {
          came();
          events.data(bytes);
        },
      });
    },
  };
}
