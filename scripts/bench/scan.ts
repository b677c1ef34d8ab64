/**
 * The hot path: from the last byte of a scan to the relay's command, through the real driver,
 * verification, core, laws and journal. Everything else of the attempt has been shown before.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pino from 'pino';
import { generatePrivateKey, signBytes, verifyBytes } from '../../config/crypto/ed25519-key.js';
import { encodeTemperature } from '../../drivers/thermometer/codec.js';
import type { Link, LinkEvents, RelayPort, RelayReport } from '../../hardware/ports.js';
import { skippingClock } from '../../hardware/simulated/clock.js';
import { simulatedLines } from '../../hardware/simulated/lines.js';
import type { Effect } from '../../kiosk/core/messages.js';
import { step } from '../../kiosk/core/step.js';
import { canonicalJson } from '../../kiosk/journal/canonical.js';
import { openJournal } from '../../kiosk/journal/journal.js';
import { createGate } from '../../kiosk/main.js';
import { gateSettings } from '../../kiosk/settings/gate-settings.js';
import { openCampus } from '../simulated-board/papers.js';
import { shippedConfiguration } from '../simulated-board/shipped.js';
import { bareWorker, rawLog } from './floor.js';
import type { Bench } from './harness.js';

const startWallMs = Date.parse('2020-02-12T08:00:00+08:00');
const utf8 = new TextEncoder();
/** A credential's signed bytes are about this long (measured: 124 to 164). */
const signedByteCount = 160;
const framesMax = 100;

/** @param folder on the disk to be measured */
export async function scanBenches(folder: string): Promise<readonly Bench[]> {
  const clock = skippingClock({ wallMs: startWallMs });
  const campus = openCampus(clock, 480);
  const { config, policy } = shippedConfiguration();
  const opened = await openJournal({
    file: join(folder, 'scan.db'),
    bootId: 'bench',
    at: new Date(startWallMs).toISOString(),
    newJournalId: '00'.repeat(16),
    previous: null,
  });
  if (!opened.ok) throw new Error(`${opened.why}: ${opened.detail}`);
  const { journal } = opened;
  const lines = simulatedLines({ clock });
  const scanner = heldLink();
  const thermometer = heldLink();
  const relay = heldRelay();
  let written: readonly Effect[] = [];
  const way = takenApart();
  const gate = createGate(
    {
      clock,
      scheduler: clock,
      random: randomBytes,
      relay: relay.port,
      journal: {
        ...journal,
        append(request) {
          if (request.urgent) way.mark('laws of the step, sealed parts looked up');
          journal.append(request);
          if (request.urgent) way.mark('bytes of the records, handed to the journal’s thread');
        },
        subscribe: (listener) =>
          journal.subscribe((event) => {
            const { lane } = gate.state();
            if ('grant' in lane && lane.grant.id === event.id)
              way.mark('transaction, sync, and back');
            listener(event);
          }),
      },
      known: { publish: () => {}, subscribe: () => () => {} },
      log: pino({ level: 'silent' }),
      devices: {
        scanner: { driver: 'line', link: scanner.link },
        thermometer: { driver: 'gy-614v3', link: thermometer.link },
        turnstile: { driver: 'contact', lines },
        panel: { driver: 'contacts', lines },
      },
    },
    {
      settings: gateSettings(config, policy),
      verifier: campus.verifier,
      restored: opened.restored,
      version: 'bench',
      show: () => {},
      step(state, input, now) {
        if (input.type === 'evidence') way.mark('bytes read, code verified');
        const next = step(state, input, now);
        if (input.type === 'evidence') way.mark('policy: the step that grants');
        return next;
      },
      observe(_input, _state, effects) {
        if (effects.some((effect) => effect.type === 'append' && effect.urgent)) written = effects;
      },
      broken: (law) => {
        throw new Error(law.detail);
      },
    },
  );
  relay.tell({ type: 'status', status: 'ok', why: '' });

  const log = rawLog(join(folder, 'scan-raw'));
  const worker = bareWorker();
  const key = generatePrivateKey();
  const message = new Uint8Array(signedByteCount).fill(7);
  const signature = signBytes(key, message);
  let code = new Uint8Array();
  let bytes = new Uint8Array();
  const quiet = async (): Promise<void> => {
    while (gate.state().unwritten.sent.size > 0)
      await new Promise((resolve) => setImmediate(resolve));
  };
  const passBy = (): void => {
    for (const active of [true, false]) {
      lines.drive('passage', active);
      clock.skip(100);
    }
    clock.skip(1_500);
  };
  return [
    {
      name: 'last byte of a scan → relay',
      floorName: 'Ed25519 verify + write + fdatasync of the same bytes + bare worker round trip',
      rounds: 1_000,
      parts: way.parts,
      async prepare(round) {
        if (gate.state().lane.name !== 'locked') passBy();
        clock.skip(20_000);
        const who = `2019${String(round).padStart(6, '0')}`;
        scanner.data(utf8.encode(`${campus.papers.form(who)}\r`));
        // After the pause the session is opening the sensor anew: its first frames may be lost.
        for (let sample = 0; gate.state().attempt?.temperature == null; sample += 1) {
          if (sample > framesMax) throw new Error('the bench gets no temperature');
          clock.skip(100);
          thermometer.data(wrist(sample));
        }
        code = utf8.encode(`${campus.papers.code(who)}\r`);
        bytes = bytesOf(written);
        await quiet();
      },
      subject: () =>
        new Promise((resolve) => {
          relay.pulsed = () => {
            way.mark('step of the answer, laws, command to the relay');
            way.end();
            resolve();
          };
          way.begin();
          scanner.data(code);
        }),
      async floor() {
        if (!verifyBytes(key.publicKey, message, signature)) throw new Error('bad floor');
        log.append(bytes);
        await worker.roundTrip();
      },
      async close() {
        gate.stop();
        await journal.close();
        log.close();
        await worker.close();
        clock.close();
      },
    },
  ];
}

/** What the grant's transaction wrote, as the floor is to write it. */
function bytesOf(effects: readonly Effect[]): Uint8Array<ArrayBuffer> {
  const records = effects.flatMap((effect) => (effect.type === 'append' ? effect.records : []));
  return Uint8Array.from(
    Buffer.concat(
      records.map((record) => {
        const text = canonicalJson(record);
        return Buffer.from(text.ok ? text.text : '');
      }),
    ),
  );
}

function wrist(sample: number): Uint8Array {
  return encodeTemperature({
    emissivityPercent: 97,
    objectCentidegrees: 3_350 + (sample % 5),
    ambientCentidegrees: 2_200,
    bodyCentidegrees: 3_650 + (sample % 5),
  });
}

/** Where the time of one way goes, by marks along it; nothing outside the way is counted. */
function takenApart(): {
  readonly parts: ReadonlyMap<string, readonly number[]>;
  begin(): void;
  mark(part: string): void;
  end(): void;
} {
  const parts = new Map<string, number[]>();
  let last: bigint | null = null;
  return {
    parts,
    begin() {
      last = process.hrtime.bigint();
    },
    mark(part) {
      if (last === null) return;
      const now = process.hrtime.bigint();
      const samples = parts.get(part) ?? [];
      samples.push(Number(now - last) / 1_000);
      parts.set(part, samples);
      last = now;
    },
    end() {
      last = null;
    },
  };
}

/** A link whose bytes come when the bench says so. */
function heldLink(): { readonly link: Link; data(bytes: Uint8Array): void } {
  let events: LinkEvents | null = null;
  return {
    link: {
      open(next) {
        events = next;
        next.opened();
      },
      write: () => {},
      close: () => {
        events = null;
      },
    },
    data: (bytes) => events?.data(bytes),
  };
}

/** A relay that tells the bench of its command; its worker is measured by its own tests. */
function heldRelay(): {
  readonly port: RelayPort;
  pulsed: () => void;
  tell(report: RelayReport): void;
} {
  const listeners = new Set<(report: RelayReport) => void>();
  const self = {
    pulsed: (): void => {},
    tell(report: RelayReport) {
      for (const listener of listeners) listener(report);
    },
    port: {
      pulse: () => self.pulsed(),
      drop: () => {},
      release: () => {},
      off: () => {},
      subscribe(listener: (report: RelayReport) => void) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      close: async () => {},
    },
  };
  return self;
}
