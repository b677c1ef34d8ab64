import { expect, test } from 'vitest';
import { lineRetries } from '../../hardware/line-retries.js';

test('the pause grows to half a second, is short again once a chip is there, and after an opening', () => {
  const retries = lineRetries();
  const pauses = (...reasons: readonly string[]) => reasons.map((why) => retries.failed(why));
  const absent = ['absent', 'absent', 'absent', 'absent', 'absent', 'absent'] as const;
  expect(pauses('gone', ...absent)).toEqual([100, 200, 400, 500, 500, 500, 500]);
  expect(pauses('denied', 'denied', 'denied')).toEqual([100, 200, 400]);
  retries.opened();
  expect(pauses('denied', 'gone', 'denied')).toEqual([100, 200, 100]);
});
