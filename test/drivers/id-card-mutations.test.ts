/**
 * 100,000 spoiled readings of made-up cards. A wrong card is one that differs from what was sent,
 * unless its frame's XOR is right: because the mutation made it so, or, in one of 256, by chance.
 * Such a card is none that could be told from a true one, but every field of it has to hold.
 */
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { idNumberFault } from '../../config/id-number.js';
import { readCardText, writeCardText } from '../../drivers/id-card-reader/card-text.js';
import { encodeReadData, encodeReply, replyDecoder } from '../../drivers/id-card-reader/codec.js';
import type { IdCard } from '../../drivers/id-card-reader/id-card.js';
import { random } from '../../hardware/simulated/random.js';
import { sampleCard } from '../../scripts/simulated-board/people.js';
import { changeAt, hasRightXor, mutations } from './id-card-spoiling.js';

const frameCount = 100_000;

test('100,000 spoiled readings: no throw, no wrong card, and nothing is held back', () => {
  const dice = random(1_810);
  const counts = { true: 0, none: 0, other: 0, wrong: 0 };
  let sent: { readonly card: IdCard; readonly frame: Uint8Array } | null = null;
  const decoder = replyDecoder();
  for (let count = 0; count < frameCount; count++) {
    if (sent === null || count % 10 === 0) {
      const card = sampleCard(dice);
      const prints = dice.chance(0.3) ? dice.bytes(512 * dice.int(3)) : null;
      const data = encodeReadData(writeCardText(card), dice.bytes(1_024), prints);
      sent = { card, frame: encodeReply([0, 0, 0x90], data) };
    }
    const bytes = dice.pick(mutations)(sent.frame.slice(), dice);
    const cut = dice.int(bytes.length + 1);
    const results = [
      ...decoder.push(bytes.subarray(0, cut)),
      ...decoder.push(bytes.subarray(cut)),
      ...decoder.end(),
    ];
    let outcome: keyof typeof counts = 'none';
    for (const result of results) {
      if (result.type !== 'reply' || result.body.type !== 'card') continue;
      const read = readCardText(result.body.text);
      if (!read.ok) continue;
      outcome = isDeepStrictEqual(read.card, sent.card) ? 'true' : 'other';
      if (outcome === 'true') continue;
      const holds =
        idNumberFault(read.card.kind, read.card.number) === null &&
        isDeepStrictEqual(readCardText(writeCardText(read.card)), read);
      if (!hasRightXor(bytes) || !holds) outcome = 'wrong';
    }
    counts[outcome] += 1;
  }
  expect(decoder.heldBytes).toBe(0);
  expect(counts.wrong).toBe(0);
  expect(counts.none).toBeGreaterThan(frameCount / 2);
  // Names and addresses changed behind a right XOR; a test without any would prove nothing.
  expect(counts.other).toBeGreaterThan(1_000);
  expect(counts.true).toBeGreaterThan(1_000);
  process.stdout.write(`readings spoiled: ${JSON.stringify(counts)}\n`);
});

test('one changed byte anywhere, its XOR not remade, never gives a card', () => {
  const dice = random(5);
  const card = sampleCard(dice, 'resident');
  const data = encodeReadData(writeCardText(card), dice.bytes(1_024), null);
  const frame = encodeReply([0, 0, 0x90], data);
  for (let at = 0; at < frame.length; at++) {
    const decoder = replyDecoder();
    const bytes = changeAt(Uint8Array.from(frame), at, 1 + dice.int(255));
    const results = [...decoder.push(bytes), ...decoder.end()];
    expect(results.filter((result) => result.type === 'reply')).toEqual([]);
  }
});
