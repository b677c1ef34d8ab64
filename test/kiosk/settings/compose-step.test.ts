/** What an admin composes is what a gate takes: the same bytes, whatever the body. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeEnvelope, envelopeLimits, signEnvelope } from '../../../config/crypto/dsse.js';
import { generatePrivateKey } from '../../../config/crypto/ed25519-key.js';
import { parseTrustList } from '../../../kiosk/credential/trust.js';
import { composeStep, type StepOrder } from '../../../kiosk/settings/compose-step.js';
import { configPayloadType, judgeStep } from '../../../kiosk/settings/signed/judge-step.js';

const nowMs = Date.parse('2020-02-12T00:00:00Z');
const keys = Array.from({ length: 16 }, generatePrivateKey);
const read = parseTrustList({
  issuers: [],
  admins: keys.map(({ publicKey }) => ({
    ...{ name: publicKey.kid, publicKey: publicKey.text },
    roles: ['policy', 'device', 'revocation'],
  })),
});
if (!read.ok) throw new Error('no list');
const { trust } = read;

const order: StepOrder = {
  ...{ site: 'harbin', channel: 'device', seq: 1, prevSha256: null },
  ...{ issuedMs: nowMs - 1_000, expiresMs: nowMs + 86_400_000, target: { all: true } },
  ...{ requires: new Map(), minVersion: '0.0.0', probationSeconds: 600, selfTest: [] },
  ...{ reason: 'winter', body: {} },
};

function judged(payload: Uint8Array, signers = keys) {
  const envelope = signers.reduce(signEnvelope, {
    ...{ payloadType: configPayloadType, payload, signatures: [] },
  } as Parameters<typeof signEnvelope>[0]);
  const context = {
    ...{ site: 'harbin', kiosk: 'gate-1', groups: [], version: '1.0.0', trust },
    ...{ channel: order.channel, marks: new Map(), floorMs: nowMs, nowMs },
  };
  return judgeStep(encodeEnvelope({ signatures: [], ...envelope }), context);
}

describe('a composed step', () => {
  test('is taken by a gate with all the signatures that an envelope holds, whatever its body', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string().filter((it) => it !== '__proto__'),
          fc.jsonValue({ maxDepth: 5 }),
        ),
        (body) => {
          const made = composeStep({ ...order, body: JSON.parse(JSON.stringify(body)) });
          if (!made.ok) {
            // Lone surrogates, keys and numbers that no reader takes as they are: refused before they are signed.
            expect(judged(Buffer.from(JSON.stringify(body)))).toMatchObject({ is: 'refused' });
            return;
          }
          expect(judged(made.payload)).toMatchObject({
            is: 'taken',
            mark: { sha256: made.sha256 },
          });
        },
      ),
      { numRuns: 100 },
    );
  });

  test('puts a body that is too large beside it, from the very byte on', () => {
    const sized = (length: number) => composeStep({ ...order, body: { text: 'x'.repeat(length) } });
    let small = 0;
    let large: number = envelopeLimits.bytesMax;
    while (large - small > 1) {
      const middle = (small + large) >> 1;
      const made = sized(middle);
      if (made.ok && made.blob === null) small = middle;
      else large = middle;
    }
    const [last, next] = [sized(small), sized(large)];
    if (!last.ok || !next.ok) throw new Error('refused');
    expect(judged(last.payload)).toMatchObject({ is: 'taken', step: { content: { is: 'body' } } });
    expect(next.blob?.bytes).toBe(large + '{"text":""}'.length);
    const blobs = [{ sha256: next.blob?.sha256, bytes: next.blob?.bytes }];
    expect(judged(next.payload)).toMatchObject({ step: { content: { is: 'blobs', blobs } } });
  });

  test('is refused where no gate would take it', () => {
    const list = { issuers: [], pad: 'x'.repeat(60_000) };
    expect(composeStep({ ...order, channel: 'trust', body: list })).toMatchObject({
      problem: expect.stringContaining('too large'),
    });
    for (const change of [
      { minVersion: '1' },
      { seq: 0 },
      { reason: '' },
      { target: { kiosks: [] } },
      { probationSeconds: 100_000 },
      { prevSha256: 'AB'.repeat(32) },
    ])
      expect(composeStep({ ...order, ...change }).ok, JSON.stringify(change)).toBe(false);
  });
});
