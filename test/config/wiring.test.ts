import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadBoard } from '../../config/board-files.js';
import { shippedBoards, withWiring } from '../../config/wiring-file.js';

test('hardware/wiring.md is drawn from the shipped maps (else: npm run schema)', () => {
  const text = readFileSync(new URL('../../../hardware/wiring.md', import.meta.url), 'utf8');
  const maps = shippedBoards.map((name) => {
    const loaded = loadBoard(name);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    return [name, loaded.map] as const;
  });
  expect(withWiring(text, maps)).toBe(text);
  // The relay's own pin, as somebody would look for it.
  expect(text).toMatch(/\n +grant {2}11 o o 12 {2}buzzer\n/);
});
