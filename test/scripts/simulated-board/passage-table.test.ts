import { describe, expect, it } from 'vitest';
import { passageTable } from '../../../scripts/simulated-board/passage-table.js';
import { widthOf } from '../../../scripts/simulated-board/table.js';
import { visitors } from '../../../scripts/simulated-board/visitors.js';

describe('the table of npm start', () => {
  it('stays within 120 columns, whoever comes and whatever comes of it', () => {
    const lines: string[] = [];
    const table = passageTable((line) => lines.push(line));
    table.begin();
    const attested = ['questions', 'landlord', 'property-office', 'originals', 'work-id'];
    const records = attested.map((what) => ({ type: 'attested', at: '', what }));
    for (const visitor of visitors)
      table.played(visitor, { records: records as never, relayMs: 1_234.5 });
    const text = lines.join('\n');
    for (const what of attested) expect(text).toContain(`attested ${what}`);
    for (const { name } of visitors) expect(text).toContain(name.split(' ').slice(0, 3).join(' '));
    expect(lines.filter((line) => widthOf(line) > 120)).toEqual([]);
  });

  it('who fits no rule stands there as that', () => {
    const lines: string[] = [];
    const table = passageTable((line) => lines.push(line));
    for (const visitor of visitors.filter(({ rule }) => rule === 'nobody'))
      table.played(visitor, { records: [], relayMs: null });
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join('\n')).not.toContain('nobody');
    expect(lines.join('\n')).toContain('(no rule)');
  });
});
