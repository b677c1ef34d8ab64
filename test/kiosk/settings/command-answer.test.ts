/** What a gate answers to a command, as its sender reads it. */
import { expect, test } from 'vitest';
import {
  type CommandAnswer,
  isFinal,
  knownAnswer,
  readCommandAnswer,
} from '../../../kiosk/settings/admin/command-answer.js';

const bytes = (value: unknown): Uint8Array =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value), 'utf8');
const done = { id: 'c-1', status: 'ok', code: '', detail: null };

test('the answer to the command that is waited for is read', () => {
  expect(readCommandAnswer(bytes(done), 'c-1')).toEqual({ status: 'ok', code: '', detail: null });
  const figures = { ...done, detail: { lane: 'locked' } };
  expect(readCommandAnswer(bytes(figures), 'c-1')?.detail).toEqual({ lane: 'locked' });
  const long = readCommandAnswer(
    bytes({ ...done, status: 'rejected', code: 'x'.repeat(500) }),
    'c-1',
  );
  expect(long?.code).toHaveLength(120);
});

test.each<readonly [string, unknown]>([
  ['of another command', { ...done, id: 'c-2' }],
  ['of no status that there is', { ...done, status: 'perhaps' }],
  ['that is no object', [done]],
  ['that is null', null],
  ['that is no JSON', 'ok'],
  ['with a doubled key', '{"id":"c-1","id":"c-1","status":"ok","code":"","detail":null}'],
  ['that is too large', { ...done, detail: 'x'.repeat(65_536) }],
])('one %s is none', (_, value) => {
  expect(readCommandAnswer(bytes(value), 'c-1')).toBeNull();
});

test('what is said of a second copy hides nothing, and ends nothing', () => {
  const ok: CommandAnswer = { status: 'ok', code: '', detail: null };
  const repeated: CommandAnswer = { status: 'rejected', code: 'repeated', detail: null };
  const late: CommandAnswer = { status: 'expired', code: 'expired', detail: null };
  expect([null, repeated, ok, late].map(isFinal)).toEqual([false, false, true, true]);
  expect(knownAnswer(null, null)).toBeNull();
  expect(knownAnswer(repeated, ok)).toBe(ok);
  expect(knownAnswer(ok, repeated)).toBe(ok);
  expect(knownAnswer(ok, late)).toBe(ok);
  expect(knownAnswer(repeated, null)).toBe(repeated);
});
