import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { laneDiagram, laneTable } from '../../../kiosk/core/lane/lane.js';

test('the page’s diagram is the one that the live table draws', () => {
  const page = readFileSync(
    new URL('../../../../kiosk/core/lane/LANE.md', import.meta.url),
    'utf8',
  );
  expect(page).toContain(`\`\`\`mermaid\n${laneDiagram()}\n\`\`\``);
});

test('only the journal’s answer leads to an open lane, or its silence for the guard’s override', () => {
  // Who turns back in the arm may still go through the opening that there is.
  for (const [from, events] of Object.entries(laneTable))
    for (const [event, { to }] of Object.entries(events))
      if (to === 'granted' && from !== 'granted' && from !== 'passing')
        expect(['committed', 'unwritten']).toContain(event);
});
