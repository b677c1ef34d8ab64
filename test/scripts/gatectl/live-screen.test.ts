/** A picture on a terminal: nothing of it wraps, nor pushes its head out of sight. */
import { expect, test } from 'vitest';
import { drawScreen } from '../../../scripts/gatectl/live-screen.js';

/** Without what moves the cursor and clears. */
function shownBy(picture: string): readonly string[] {
  const codes = ['\u001b[H', '\u001b[K', '\u001b[J'];
  return codes.reduce((left, code) => left.replaceAll(code, ''), picture).split('\n');
}

test('is cut at the terminal’s width and height, and says what is left out', () => {
  const lines = ['校园北门 gate', ...Array.from({ length: 9 }, (_, index) => `gate-${index}`)];
  const shown = shownBy(drawScreen(lines, 5, 6));
  expect(shown).toEqual(['校园北', 'gate-0', 'gate-1', '… and ', '']);
  // A terminal that does not say how large it is.
  expect(drawScreen(['gate'], 0, 0)).toContain('gate');
  expect(drawScreen(['gate'], undefined, undefined)).toContain('gate');
});

test('a line of any length is cut in its own time, and no later picture waits for it', {
  timeout: 2_000,
}, () => {
  const lines = Array.from({ length: 10 }, () => '校gate '.repeat(6_000));
  for (const line of shownBy(drawScreen(lines, 24, 80)).slice(0, -1))
    expect(line).toBe('校gate '.repeat(20).slice(0, line.length));
});
