/** The settings' own thread: what ends it must not end configuration. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TestRequest } from '../../../kiosk/settings/desk/work.js';
import { type SettingsPort, settingsThread } from '../../../kiosk/settings/desk/worker-port.js';
import { marksPath, readMarks } from '../../../kiosk/settings/kept/marks-file.js';
import type { Channel } from '../../../kiosk/settings/signed/config-step.js';
import { shippedConfiguration } from '../../../scripts/simulated-board/shipped.js';
import { ann, listOf } from './desk-rig.js';

let folder: string;
let port: SettingsPort;
let deaths: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gate-kiosk-thread-'));
  deaths = [];
  port = settingsThread({ folder, marks: new Map() }, (why) => deaths.push(why));
});
afterEach(async () => {
  await port.close();
  rmSync(folder, { recursive: true });
});

const request: TestRequest = {
  channel: 'trust',
  sha256: 'a1'.repeat(32),
  body: Buffer.from(JSON.stringify(listOf(ann))),
  selfTest: [],
  place: { zone: 'campus-gate', direction: 'in' },
  config: shippedConfiguration().config,
};
/** No such blob is made by this program: the thread throws at it, as at a defect of its own. */
const deadly = { ...request, body: [{ chunks: [] }] } as unknown as TestRequest;

async function keep(channel: Channel, seq: number): Promise<string | null> {
  const kept = { mark: { seq, sha256: 'b2'.repeat(32) } };
  const none = { inForce: null, expiresMs: null, trial: null, told: null };
  return await port.keep({ channel, kept: { ...none, ...kept }, body: null });
}

test('what was under way is refused, and the next is done by another thread', async () => {
  const under = [port.test(deadly), port.test(request), keep('policy', 1)];
  const lost = { ok: false, code: 'worker-lost', detail: '' };
  expect(await Promise.all(under)).toEqual([lost, lost, 'the thread is gone']);
  expect(deaths).toHaveLength(1);
  expect(await port.test(request)).toMatchObject({ ok: true });
  await port.test(deadly);
  expect(await port.test(request)).toMatchObject({ ok: true });
  expect(deaths).toHaveLength(2);
});

test('another thread forgets no mark that the one before has kept', async () => {
  expect(await keep('policy', 7)).toBeNull();
  await port.test(deadly);
  expect(await keep('trust', 2)).toBeNull();
  const seqs = [...readMarks(marksPath(folder))].map(([channel, { seq }]) => [channel, seq]);
  expect(Object.fromEntries(seqs)).toEqual({ policy: 7, trust: 2 });
});

test('it ends while a thread is gone', async () => {
  await port.test(deadly);
  await port.close();
  expect(await port.test(request)).toMatchObject({ ok: false, code: 'worker-lost' });
});
