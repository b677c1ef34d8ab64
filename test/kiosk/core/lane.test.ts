import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { laneDiagram, laneTable } from '../../../kiosk/core/lane.js';

test('the page’s diagram is the one that the live table draws', () => {
  const page = readFileSync(new URL('../../../../kiosk/core/LANE.md', import.meta.url), 'utf8');
  expect(page).toContain(`\`\`\`mermaid\n${laneDiagram()}\n\`\`\``);
});

test('only the journal’s answer leads to an open lane', () => {
  for (const events of Object.values(laneTable))
    for (const [event, { to }] of Object.entries(events))
      if (to === 'granted') expect(event).toBe('committed');
});
