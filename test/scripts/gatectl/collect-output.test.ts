/** What came from a gate steers no terminal, in whatever form it is shown, and is the same to a program. */
import { expect, onTestFinished, test } from 'vitest';
import { parseTrustList } from '../../../kiosk/credential/trust.js';
import { formatRows } from '../../../scripts/gatectl/collect-output.js';
import { embeddedBroker } from '../../../scripts/simulated-board/embedded-broker.js';
import { site } from './admins.js';
import { openOffice } from './papers.js';
import { gatectl, testFolder } from './run-in-place.js';
import { toldGate } from './told-gate.js';

const steering = 'a\u001b[2Jb\u009b2Jc\u007fd\u202ee';
const steers = /(?![\r\n])\p{Cc}|\p{Cf}/u;

test.each(['table', 'csv', 'json'] as const)('rows as %s hold no control character', (format) => {
  const text = formatRows(format, ['one', 'two'], [{ one: steering, two: ['a\nb', steering] }]);
  expect(text).not.toMatch(steers);
  if (format === 'json') expect(JSON.parse(text)[0].one).toBe(steering);
});

test('answers for programs hold none either, and say the same', async () => {
  const broker = await embeddedBroker();
  onTestFinished(() => broker.close());
  const read = parseTrustList({ issuers: [] });
  if (!read.ok) throw new Error('no list');
  const to = { url: broker.url, protocol: 4 as const, tls: null };
  const gate = await toldGate({
    broker: to,
    site,
    kiosk: 'gate-1',
    trust: read.trust,
    becomes: [],
  });
  onTestFinished(() => gate.close());
  const said = { online: true, session: '1', at: '2020-02-12T00:00:00.000Z' };
  await gate.say('state', { ...said, version: steering });
  const access = ['--site', site, '--broker', broker.url, '--protocol', '4'];
  const { out } = await gatectl(['fleet', ...access, '--json']);
  expect(out).not.toMatch(steers);
  expect(JSON.parse(out)[0].version).toBe(steering);
});

test('a paper that a gate would take steers none by what its office has written', async () => {
  const folder = testFolder();
  const { by, trust } = await openOffice(folder);
  const words = ['--household', 'a-1', '--unit', 'a\u202eb', '--expires', '2020-03-01T00:00:00Z'];
  const at = ['--issued', '2020-02-12T00:00:00Z'];
  const made = await gatectl(['issue', 'residence-pass', ...words, ...at, ...by]);
  expect([made.code, made.err]).toEqual([0, '']);
  const when = ['--at', '2020-02-13T00:00:00Z'];
  const { code, out } = await gatectl(['inspect', ...trust, ...when, made.out.trim()]);
  expect(code).toBe(0);
  expect(out).not.toMatch(steers);
});
