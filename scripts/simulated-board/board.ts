/**
 * One gate on a simulated board: the real gate, journal and relay worker, and at the far end of
 * every wire and line the device's twin. What a person, a hand or a fault does goes in here.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { KioskConfig } from '../../config/kiosk-config.js';
import type { Policy } from '../../config/policy.js';
import type { BootReason } from '../../config/vocabulary.js';
import type { ReaderBehaviour } from '../../drivers/id-card-reader/twin.js';
import { monotonicNowMs } from '../../hardware/linux/clock.js';
import { relayLimits } from '../../hardware/ports.js';
import { workerRelay } from '../../hardware/relay.js';
import type { SkippingClock } from '../../hardware/simulated/clock.js';
import { type RelayEdge, simulatedRelayLines } from '../../hardware/simulated/relay-lines.js';
import type { BoothView } from '../../kiosk/booth/view.js';
import type { Effect, Input } from '../../kiosk/core/messages.js';
import type { GateState } from '../../kiosk/core/state.js';
import { packageVersion } from '../../kiosk/daemon/package-version.js';
import type { OpenJournal } from '../../kiosk/daemon/reports.js';
import type { Verifier } from '../../kiosk/evidence/scan.js';
import type { Gate } from '../../kiosk/gate.js';
import type { KnownPort } from '../../kiosk/gate-ports.js';
import type { JournalFaults } from '../../kiosk/journal/handoff.js';
import { openJournal } from '../../kiosk/journal/journal.js';
import { createGate } from '../../kiosk/main.js';
import type { ScreenView } from '../../kiosk/screen/view.js';
import { gateSettings } from '../../kiosk/settings/gate-settings.js';
import { type SimulatedDevices, simulatedDevices } from './devices.js';

/** What a gate goes by when it starts. */
export interface StartsUnder {
  readonly config: KioskConfig;
  readonly policy: Policy;
  readonly verifier: Verifier;
}

export interface BoardOptions extends StartsUnder {
  /** the gate's; the journal's file is named by its kiosk id, and devices and contacts are as it says */
  readonly config: KioskConfig;
  /** what has been accepted since in the place of these; told how the last run ended */
  accepted?(lastEnd: BootReason | null): StartsUnder;
  readonly clock: SkippingClock;
  readonly known: KnownPort;
  /** where the journal lies */
  readonly folder: string;
  readonly log: Logger;
  readonly seed: number;
  /** which start of its computer this is */
  readonly machineStart: string;
  /** what its card module does with a card that stays; it goes on without it */
  readonly readerBehaviour?: ReaderBehaviour;
  show(view: ScreenView): void;
  showBooth?(view: BoothView): void;
  observe(input: Input, state: GateState, effects: readonly Effect[]): void;
  broken(detail: string): void;
}

export interface Board extends SimulatedDevices {
  readonly gate: Gate;
  /** of this run */
  readonly bootId: string;
  readonly journal: OpenJournal;
  readonly disk: JournalFaults;
  relayEdges(): readonly RelayEdge[];
  /** machine time of the last byte that reached the gate, by `monotonicNowMs` */
  lastByteAtMs(): number;
  /** whether disk or relay has something under way that somebody waits for, in real time */
  isBusy(): boolean;
  /** whether the disk has records under way, those that nobody waits for included */
  isWriting(): boolean;
  /** ends as a power cut does: nothing is told, nothing is tidied up */
  cutPower(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a gate with all its devices connected. @throws where the journal cannot be opened */
export async function openBoard(options: BoardOptions): Promise<Board> {
  const { config, clock, log } = options;
  const bootId = randomBytes(8).toString('hex');
  const opened = await openJournal({
    file: join(options.folder, `${config.kiosk}.db`),
    bootId,
    machineStart: options.machineStart,
    at: new Date(clock.now().wallMs).toISOString(),
    newJournalId: randomBytes(16).toString('hex'),
    previous: null,
    faults: true,
  });
  if (!opened.ok || opened.faults === null)
    throw new Error(opened.ok ? 'no fault hooks' : `journal: ${opened.why}: ${opened.detail}`);
  const { journal, restored, faults: disk, lost } = opened;
  const under = options.accepted?.(restored.reason) ?? options;

  let lastByteAtMs = 0;
  const { devices, ends, stop } = simulatedDevices({
    ...options,
    byteCame() {
      lastByteAtMs = monotonicNowMs();
    },
  });
  const contacts = simulatedRelayLines();
  const stopSkips = clock.onSkip((ms) => contacts.skip(ms));
  const { mode = 'pulse', releaseInput: hasRelease = true, pulseMs } = config.devices.turnstile;
  const relay = workerRelay({ lines: contacts.description, clock, mode, hasRelease });
  /** what the relay's owner was told and has not carried out */
  let ordersUnderWay = 0;
  const followOrders = async (orders: number): Promise<void> => {
    if (orders === 0) return;
    ordersUnderWay += orders;
    await relay.ask();
    contacts.hear();
    ordersUnderWay -= orders;
  };
  /** when the pulse that is on ends by the gate's clock; the relay's owner may notice it later */
  let pulseEndsMs = Number.POSITIVE_INFINITY;
  let isReleased = false;
  contacts.onEdge(({ line, on }) => {
    // Without a release input nobody asks for each pulse that a release is made of.
    const isAsked = hasRelease || gate.state().releaseUntilMs === null;
    if (line === 'grant')
      pulseEndsMs =
        on && isAsked
          ? clock.now().monotonicMs + (mode === 'level' ? relayLimits.levelMsMax : pulseMs)
          : Number.POSITIVE_INFINITY;
    else isReleased = on;
    ends.turnstile.relay(line, on);
  });
  const gate = createGate(
    {
      clock,
      scheduler: clock,
      random: randomBytes,
      devices,
      relay,
      journal,
      known: options.known,
      log,
    },
    {
      settings: gateSettings(under.config, under.policy),
      verifier: under.verifier,
      restored,
      version: packageVersion(),
      show: options.show,
      ...(options.showBooth && { showBooth: options.showBooth }),
      observe(input, state, effects) {
        void followOrders(effects.filter(({ type }) => type.startsWith('relay-')).length);
        options.observe(input, state, effects);
      },
      broken: (law) => options.broken(`${law.law}: ${law.detail}`),
    },
  );
  const stopDevices = (): void => {
    stop();
    stopSkips();
    gate.stop();
  };
  return {
    ...ends,
    gate,
    bootId,
    journal: opened,
    disk,
    relayEdges: () => contacts.edges(),
    lastByteAtMs: () => lastByteAtMs,
    isBusy() {
      const { lane, releaseUntilMs } = gate.state();
      const isRelayLate =
        ordersUnderWay > 0 ||
        pulseEndsMs <= clock.now().monotonicMs ||
        (hasRelease
          ? isReleased !== (releaseUntilMs !== null)
          : releaseUntilMs !== null && !ends.turnstile.isUnlocked());
      return lane.name === 'committing' || isRelayLate;
    },
    isWriting: () => gate.state().unwritten.sent.size > 0,
    async cutPower() {
      stopDevices();
      disk.loseWorker();
      await lost;
      await relay.close();
      contacts.close();
    },
    async close() {
      gate.leave();
      stopDevices();
      await relay.close();
      contacts.close();
      await journal.close();
    },
  };
}
