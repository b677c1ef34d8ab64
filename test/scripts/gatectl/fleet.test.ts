/** `gatectl fleet`: the end of each gate's certificate, marked while there is time for another one. */
import { expect, onTestFinished, test } from 'vitest';
import { parseTrustList } from '../../../kiosk/credential/trust.js';
import { embeddedBroker } from '../../../scripts/simulated-board/embedded-broker.js';
import { site } from './admins.js';
import { gatectl } from './run-in-place.js';
import { toldGate } from './told-gate.js';

const dayMs = 86_400_000;

test('certificates that end soon, or have ended, are marked', async () => {
  const broker = await embeddedBroker();
  onTestFinished(() => broker.close());
  const read = parseTrustList({ issuers: [] });
  if (!read.ok) throw new Error('no list');
  const ends: Readonly<Record<string, number | null | string>> = {
    ...{ 'gate-1': 400, 'gate-2': 12, 'gate-3': -1, 'gate-4': null, 'gate-5': 'tomorrow' },
  };
  const at = (days: number): string => new Date(Date.now() + days * dayMs + 60_000).toISOString();
  for (const [kiosk, days] of Object.entries(ends)) {
    const to = { url: broker.url, protocol: 4 as const, tls: null };
    const gate = await toldGate({ broker: to, site, kiosk, trust: read.trust, becomes: [] });
    onTestFinished(() => gate.close());
    const certificateUntil = typeof days === 'number' ? at(days) : days;
    const state = { online: true, session: '1', at: '2020-02-12T00:00:00.000Z' };
    await gate.say('state', days === null ? state : { ...state, certificateUntil });
  }
  const words = ['fleet', '--site', site, '--broker', broker.url, '--protocol', '4'];
  const { code, out } = await gatectl([...words, '--json']);
  expect(code).toBe(0);
  const rows = JSON.parse(out) as { certificate: string | null }[];
  expect(rows.map(({ certificate }) => certificate)).toEqual([
    at(400).slice(0, 10),
    `${at(12).slice(0, 10)} in 12 days`,
    `${at(-1).slice(0, 10)} ENDED`,
    null,
    null,
  ]);
  expect((await gatectl(words)).out).toMatch(/gate-2 .* in 12 days/);
});
