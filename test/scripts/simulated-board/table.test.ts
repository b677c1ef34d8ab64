/** Tables on a terminal: no line is wider than its columns allow. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linesOf, widthOf, wrapped } from '../../../scripts/simulated-board/table.js';

test('Chinese characters are two columns wide', () => {
  expect(widthOf('体温必测')).toBe(8);
  expect(widthOf('−20 °C')).toBe(6);
});

test('a text is broken behind commas, or else between words, and nothing of it is lost', () => {
  expect(wrapped('grant resident, passed, tailgate', 24)).toEqual([
    'grant resident, passed,',
    'tailgate',
  ]);
  expect(wrapped('refer fever → guard health-office', 20)).toEqual([
    'refer fever → guard',
    'health-office',
  ]);
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z体]{1,8},?$/), { minLength: 1 }), (parts) => {
      const text = parts.join(' ');
      const lines = wrapped(text, 20);
      expect(lines.join(' ')).toBe(text);
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(20);
    }),
  );
});

test('a row is as high as its highest cell', () => {
  expect(linesOf(['✓', ['a', 'b'], 'c'], [1, 3, 1])).toEqual(['✓  a    c', '   b']);
});
