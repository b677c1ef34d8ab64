/** Research staff on laboratory duty (三.1), at the campus gates and at the door of the laboratory. */

import type { Change } from '../papers.js';
import type { Stage } from '../stage.js';
import type { Case } from './case.js';
import { healthy, silentMs } from './shows.js';

const rule = 'lab-staff';
const base = { rule, clause: '三.1', gate: 'in' } as const;
const atTheDoor = { rule, clause: '三.1', gate: 'building' } as const;

async function labStaffShows(stage: Stage, campusId: string, change: Change = {}): Promise<void> {
  await stage.scan(stage.papers.labForm(campusId, change));
  await stage.measure(healthy);
  await stage.scan(stage.papers.code(campusId));
}

export const labCases: readonly Case[] = [
  {
    ...base,
    name: 'form, temperature, code: goes in',
    expected: 'grant lab-staff, passed',
    async play({ in: gate }, { campusId }) {
      await labStaffShows(gate, campusId);
      await gate.walk();
    },
  },
  {
    ...base,
    name: 'goes out',
    gate: 'out',
    expected: 'grant lab-staff, passed',
    async play({ out }, { campusId }) {
      await labStaffShows(out, campusId);
      await out.walk();
    },
  },
  {
    ...atTheDoor,
    name: 'at the door of the laboratory of the form',
    expected: 'grant lab-staff, passed',
    async play({ building }, { campusId }) {
      await labStaffShows(building, campusId, { zones: ['north-gate', 'lab-7'] });
      await building.walk();
    },
  },
  {
    ...atTheDoor,
    name: 'at the door of another laboratory',
    expected: 'deny wrong-zone',
    play: ({ building }, { campusId }) =>
      building.scan(building.papers.labForm(campusId, { zones: ['north-gate', 'lab-8'] })),
  },
  {
    ...base,
    name: 'form for the laboratory alone, at the campus gate',
    expected: 'deny wrong-zone',
    play: ({ in: gate }, { campusId }) =>
      gate.scan(gate.papers.labForm(campusId, { zones: ['lab-7'] })),
  },
  {
    ...base,
    name: 'form without code',
    expected: 'deny incomplete',
    async play({ in: gate }, { campusId }) {
      await gate.scan(gate.papers.labForm(campusId));
      await gate.measure(healthy);
      await gate.pause(silentMs);
    },
  },
  {
    ...base,
    name: 'code shown half a minute ago, and never used',
    expected: 'deny already-used, deny incomplete',
    async play({ in: gate }, { campusId }) {
      const code = gate.papers.code(campusId);
      await gate.scan(code);
      await gate.pause(silentMs);
      gate.begin();
      await gate.scan(gate.papers.labForm(campusId));
      await gate.measure(healthy);
      await gate.scan(code);
      await gate.pause(silentMs);
    },
  },
  {
    ...base,
    name: 'code that lives longer than ten minutes',
    expected: 'deny lifetime-too-long',
    play: ({ in: gate }, { campusId }) => gate.scan(gate.papers.code(campusId, { until: 601 })),
  },
  {
    ...atTheDoor,
    name: 'a site that wants the guard’s look: CONFIRM opens',
    expected: 'refer guard-needed, grant lab-staff, passed',
    policy: (shipped) => ({
      ...shipped,
      rules: shipped.rules.map((it) => (it.id === rule ? { ...it, attended: 'required' } : it)),
    }),
    async play({ building }, { campusId, guardId }) {
      await building.badge(guardId);
      building.begin();
      await labStaffShows(building, campusId);
      await building.confirm('attend:lab-staff');
      await building.walk();
    },
  },
];
