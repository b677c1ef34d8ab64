/** A broker that makes gates and steps up fills no admin's memory, and a step that is under way is no proof. */
import { expect, test } from 'vitest';
import { parseReported, standingOf } from '../../../kiosk/settings/admin/reported.js';
import { siteView, siteViewLimits } from '../../../kiosk/settings/admin/site-view.js';
import { signStep } from '../../admin-steps.js';

const sha256 = 'a'.repeat(64);

test('a later step that a gate has not taken yet proves nothing of those before it', () => {
  for (const channel of ['trust', 'revocation'] as const)
    for (const [phase, standing] of [
      ['pending', 'waiting'],
      ['refused', 'waiting'],
      ['reverted', 'waiting'],
      ['confirmed', 'confirmed'],
    ] as const) {
      const step = { seq: 6, sha256: 'b'.repeat(64), phase, code: '' };
      const report = parseReported(Buffer.from(JSON.stringify({ [channel]: step })));
      expect(standingOf({ channel, seq: 5, sha256 }, report).standing).toBe(standing);
    }
});

test('steps that stand at the broker are held up to a size in all, and what is taken back makes room', () => {
  const view = siteView('harbin');
  const body = { issuers: [], of: 'x'.repeat(40_000) };
  const payload = (serial: number): Uint8Array =>
    signStep('harbin', 'trust', { seq: serial, body }, [], Date.now()).bytes;
  const topic = (serial: number): string => `gk/1/harbin/_all/cfg/desired/trust/${serial}`;
  const say = (serial: number, bytes: Uint8Array): void =>
    view.take({ topic: topic(serial), payload: bytes, retained: true });
  const size = payload(1).length;
  const room = Math.floor(siteViewLimits.desiredBytesMax / size);
  for (let serial = 1; serial <= room + 50; serial += 1) say(serial, payload(serial));
  expect(view.desired()).toHaveLength(room);
  say(1, new Uint8Array());
  expect(view.desired()).toHaveLength(room - 1);
  say(room + 1, payload(room + 1));
  expect(view.desired().map((it) => it.topic)).toContain(topic(room + 1));
  expect(view.desired()).toHaveLength(room);
});
