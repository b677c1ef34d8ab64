import pino from 'pino';
import { expect, test } from 'vitest';
import { writeCardText } from '../../drivers/id-card-reader/card-text.js';
import { idCardReaderTwin } from '../../drivers/id-card-reader/twin.js';
import { runIdCardReader } from '../../drivers/twins.js';
import { virtualClock } from '../../hardware/simulated/clock.js';
import { simulatedLines } from '../../hardware/simulated/lines.js';
import { random } from '../../hardware/simulated/random.js';
import { simulatedRelay } from '../../hardware/simulated/relay.js';
import { simulatedWire } from '../../hardware/simulated/wire.js';
import { memoryDisk, memoryJournal } from '../../kiosk/journal/memory.js';
import { createGate } from '../../kiosk/main.js';
import { openCampus } from '../../scripts/simulated-board/papers.js';
import { sampleCard } from '../drivers/id-cards.js';
import { settings, startWallMs } from './core/hands.js';

test('cards are counted by the gate, and no name or number comes into log, record or picture', () => {
  const clock = virtualClock({ wallMs: startWallMs });
  const tools = { clock, scheduler: clock };
  const lines = simulatedLines(tools);
  const wires = [1, 2, 3].map((seed) => simulatedWire({ ...tools, random: random(seed) }));
  const [scanner, thermometer, reader] = wires as [
    (typeof wires)[number],
    (typeof wires)[number],
    (typeof wires)[number],
  ];
  const twin = idCardReaderTwin({ random: random(4) });
  runIdCardReader({ ...tools, twin, onData: reader.far.onData, write: reader.far.write });
  const { journal, restored } = memoryJournal({
    ...tools,
    disk: memoryDisk(),
    bootId: '0'.repeat(16),
    at: new Date(startWallMs).toISOString(),
    newJournalId: '5a'.repeat(16),
    previous: null,
    latencyMs: () => 5,
  });
  const written: string[] = [];
  const gate = createGate(
    {
      ...tools,
      random: (count) => random(6).bytes(count),
      journal,
      relay: simulatedRelay({ ...tools, lines: () => {} }),
      log: pino({ level: 'trace' }, { write: (line: string) => void written.push(line) }),
      known: { publish: () => {}, subscribe: () => () => {} },
      devices: {
        scanner: { driver: 'line', link: scanner.link },
        thermometer: { driver: 'gy-614v3', link: thermometer.link },
        idCardReader: { driver: 'sam-v', link: reader.link },
        turnstile: { driver: 'contact', lines },
        panel: { driver: 'contacts', lines },
      },
    },
    {
      settings: settings({ direction: 'in' }),
      verifier: openCampus(clock, 480).verifier,
      restored,
      version: 'test',
      show: (view) => void written.push(JSON.stringify(view)),
      observe: (input, _state, effects) =>
        void written.push(JSON.stringify([input.type, ...effects])),
      broken: (law) => expect(law).toBeNull(),
    },
  );
  const card = sampleCard(random(5), 'resident');
  const spoiled = writeCardText(card);
  spoiled.set(Buffer.from('0', 'utf16le'), 122);
  for (const laid of [card, spoiled]) {
    twin.place(laid);
    clock.advance(5_000);
    twin.remove();
    clock.advance(3_000);
  }
  gate.stop();
  expect(Object.fromEntries(gate.counts())).toEqual({
    'id-card-reader/card': 1,
    'id-card-reader/card-removed': 2,
    'id-card-reader/bad-number': 1,
  });
  const all = written.join('\n');
  expect(all).toContain('"device":"id-card-reader"');
  for (const secret of [card.name, card.number, card.number.slice(1), card.address ?? card.name])
    expect(all).not.toContain(secret);
});
