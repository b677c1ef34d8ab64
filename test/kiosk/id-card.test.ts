import { expect, test } from 'vitest';
import { writeCardText } from '../../drivers/id-card-reader/card-text.js';
import { virtualClock } from '../../hardware/simulated/clock.js';
import { random } from '../../hardware/simulated/random.js';
import { personToken } from '../../kiosk/credential/tokens.js';
import { openCampus } from '../../scripts/simulated-board/papers.js';
import { sampleCard } from '../../scripts/simulated-board/people.js';
import { startWallMs } from './core/hands.js';
import { wholeGate } from './whole-gate.js';

test('cards reach the core, and no name or number comes into input, log, record or picture', () => {
  const clock = virtualClock({ wallMs: startWallMs });
  const { verifier } = openCampus(clock, 480);
  const { gate, reader, written, inputsOf, records } = wholeGate({ clock, verifier });
  const card = sampleCard(random(5), 'resident');
  const spoiled = writeCardText(card);
  spoiled.set(Buffer.from('0', 'utf16le'), 122);
  for (const laid of [card, spoiled]) {
    reader.place(laid);
    clock.advance(5_000);
    reader.remove();
    clock.advance(3_000);
  }
  gate.stop();
  expect(Object.fromEntries(gate.counts())).toEqual({
    'card/verified': 1,
    'id-card-reader/bad-number': 1,
  });
  // Each once for as long as it lay there, and nothing of their going.
  const token = personToken(verifier.peppers[0], 'id-number', card.number);
  expect(inputsOf('evidence').map(({ evidence }) => evidence)).toEqual([
    expect.objectContaining({ type: 'card', identity: { space: 'id-number', token } }),
    {
      type: 'refused',
      reason: 'card-unreadable',
      kind: null,
      id: null,
      takenMs: expect.any(Number),
    },
  ]);
  const all = [...written, JSON.stringify(records())].join('\n');
  expect(all).toContain('"device":"id-card-reader"');
  for (const secret of [card.name, card.number, card.number.slice(1), card.address ?? card.name])
    expect(all).not.toContain(secret);
});
