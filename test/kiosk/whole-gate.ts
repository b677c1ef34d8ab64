/** A whole gate in virtual time: twins at the far ends, the real shell, and a journal in memory. */
import { randomBytes } from 'node:crypto';
import pino from 'pino';
import type { KioskConfig } from '../../config/kiosk-config.js';
import type { Direction } from '../../config/vocabulary.js';
import type { Devices } from '../../drivers/registry.js';
import { skinOf } from '../../drivers/thermometer/twin.js';
import { type VirtualClock, virtualClock } from '../../hardware/simulated/clock.js';
import { simulatedRelay } from '../../hardware/simulated/relay.js';
import type { RelayEdge } from '../../hardware/simulated/relay-lines.js';
import type { Effect, Input } from '../../kiosk/core/messages.js';
import { step } from '../../kiosk/core/step.js';
import { beginTurn, endTurn, note } from '../../kiosk/core/turn.js';
import type { Verifier } from '../../kiosk/evidence/scan.js';
import type { Gate } from '../../kiosk/gate.js';
import type { KnownPort } from '../../kiosk/gate-ports.js';
import { type MemoryDisk, type MemoryJournal, memoryJournal } from '../../kiosk/journal/memory.js';
import type { RecordDraft } from '../../kiosk/journal/port.js';
import { createGate } from '../../kiosk/main.js';
import { gateSettings } from '../../kiosk/settings/gate-settings.js';
import { type SimulatedDevices, simulatedDevices } from '../../scripts/simulated-board/devices.js';
import { openCampus } from '../../scripts/simulated-board/papers.js';
import { shippedConfiguration } from '../../scripts/simulated-board/shipped.js';
import { startWallMs } from './core/hands.js';

export interface WholeGate extends SimulatedDevices {
  readonly clock: VirtualClock;
  readonly gate: Gate;
  /** as its drivers have taken them */
  readonly devices: Devices;
  readonly disk: MemoryDisk;
  /** every input of the core, in order */
  readonly inputs: Input[];
  inputsOf<Type extends Input['type']>(type: Type): Extract<Input, { type: Type }>[];
  /** of the relay's contacts */
  readonly edges: readonly RelayEdge[];
  /** every line of the log, picture, input and effect */
  readonly written: string[];
  records(): readonly RecordDraft[];
}

export interface WholeGateOptions {
  readonly clock?: VirtualClock;
  readonly verifier?: Verifier;
  readonly direction?: Direction;
  readonly known?: KnownPort;
  readonly change?: (config: KioskConfig) => KioskConfig;
  /** after each of its steps */
  readonly stepped?: (effects: readonly Effect[]) => void;
  /** in place of one in memory that works */
  readonly journal?: Pick<MemoryJournal, 'journal' | 'restored' | 'disk'>;
}

const nobodyElse: KnownPort = { publish: () => {}, subscribe: () => () => {} };

/** Starts a gate of the shipped configuration, three seconds ago. @throws where a law is broken */
export function wholeGate(options: WholeGateOptions = {}): WholeGate {
  const { clock = virtualClock({ wallMs: startWallMs }), direction = 'in' } = options;
  const { verifier = openCampus(clock, 480).verifier, change = (it) => it } = options;
  const tools = { clock, scheduler: clock };
  const shipped = shippedConfiguration();
  const config = change({ ...shipped.config, direction });
  const { devices, ends } = simulatedDevices({ config, clock, seed: 1, byteCame: () => {} });
  const { journal, restored, disk } =
    options.journal ??
    memoryJournal({
      ...tools,
      bootId: '0'.repeat(16),
      at: new Date(clock.now().wallMs).toISOString(),
      newJournalId: '5a'.repeat(16),
      previous: null,
      latencyMs: () => 5,
    });
  const inputs: Input[] = [];
  const edges: RelayEdge[] = [];
  const written: string[] = [];
  const gate = createGate(
    {
      ...tools,
      random: randomBytes,
      devices,
      journal,
      relay: simulatedRelay({
        ...tools,
        mode: config.devices.turnstile.mode ?? 'pulse',
        hasRelease: config.devices.turnstile.releaseInput ?? true,
        lines(line, on, atMs) {
          edges.push({ line, on, atMs });
          ends.turnstile.relay(line, on);
        },
      }),
      known: options.known ?? nobodyElse,
      log: pino({ level: 'trace' }, { write: (line: string) => void written.push(line) }),
    },
    {
      settings: gateSettings(config, shipped.policy),
      verifier,
      restored,
      version: 'test',
      step: namingStep(),
      show: (view) => void written.push(JSON.stringify(view)),
      observe(input, _state, effects) {
        inputs.push(input);
        written.push(JSON.stringify([input, effects]));
        options.stepped?.(effects);
      },
      broken: ({ law, detail }) => {
        throw new Error(`${law}: ${detail}`);
      },
    },
  );
  clock.advance(3_000);
  return {
    ...ends,
    clock,
    gate,
    devices,
    disk,
    inputs,
    edges,
    written,
    inputsOf: (type) =>
      inputs.filter((input): input is Extract<Input, { type: typeof type }> => input.type === type),
    records: () =>
      disk.rows.map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString('utf8')) as RecordDraft),
  };
}

/** Holds a wrist of this body temperature to the sensor for a second and a half. */
export function measure({ thermometer, clock }: WholeGate, bodyCentidegrees: number): void {
  thermometer.present(skinOf(bodyCentidegrees));
  clock.advance(1_500);
  thermometer.clear();
  clock.advance(200);
}

/** The core, and beside its own records one for each sealed part that comes in, which names it. */
function namingStep(): typeof step {
  return (state, input, now) => {
    const next = step(state, input, now);
    const ref = refOf(input);
    if (ref === null) return next;
    const turn = beginTurn(next.state, now);
    note(turn, 'named', { sealed: ref });
    const named = endTurn(turn);
    return { state: named.state, effects: [...next.effects, ...named.effects] };
  };
}

function refOf(input: Input): string | null {
  if (input.type === 'details') return input.details.ref;
  if (input.type !== 'evidence') return null;
  const { evidence } = input;
  if (evidence.type === 'card') return evidence.ref;
  return evidence.type === 'temperature' ? (evidence.ref ?? null) : null;
}
