/** LOCKDOWN, EMERGENCY and fire (八): what stops entry, what opens the way, and which wins. */
import type { Case } from './case.js';
import { guardComes, healthy, staffIsGranted } from './shows.js';

const lockdown = { rule: 'lockdown', clause: '八', gate: 'in' } as const;
const emergency = { rule: 'emergency', clause: '八', gate: 'in' } as const;
const granted = 'grant duty-staff, passed';
const longPressMs = 2_000;

export const panelCases: readonly Case[] = [
  {
    ...lockdown,
    name: 'LOCKDOWN: whoever stands there is sent away, no paper counts',
    expected: 'lockdown, sent away, scan ignored, scan ignored',
    async play({ in: gate }, { campusId }) {
      await gate.scan(gate.papers.form(campusId));
      await gate.press('lockdown');
      await gate.scan(gate.papers.form(campusId));
      await gate.measure(healthy);
      await gate.scan(gate.papers.code(campusId));
    },
  },
  {
    ...lockdown,
    name: 'LOCKDOWN does nothing to a way out',
    gate: 'out',
    expected: `lockdown, ${granted}`,
    async play({ out }, { campusId }) {
      await out.press('lockdown');
      await staffIsGranted(out, campusId);
      await out.walk();
    },
  },
  {
    ...lockdown,
    name: 'no OPEN under LOCKDOWN on the way in',
    expected: 'lockdown, open locked-down',
    async play({ in: gate }, { guardId }) {
      await guardComes(gate, guardId);
      await gate.press('lockdown');
      await gate.press('open');
    },
  },
  {
    ...lockdown,
    name: 'ends by the button held anew, not by a press',
    expected: `lockdown, lockdown over, ${granted}`,
    async play({ in: gate }, { campusId }) {
      await gate.press('lockdown', longPressMs);
      await gate.press('lockdown');
      await gate.press('lockdown', longPressMs);
      await staffIsGranted(gate, campusId);
      await gate.walk();
    },
  },
  {
    ...lockdown,
    name: 'LOCKDOWN outlives a power cut',
    expected: 'scan ignored',
    async play({ in: gate, powerCut }, { campusId }) {
      await gate.press('lockdown');
      await powerCut('in');
      await powerCut('in');
      gate.begin();
      await gate.scan(gate.papers.form(campusId));
    },
  },
  {
    ...lockdown,
    name: 'pressed under the closed cover: a fault, and no press',
    expected: 'panel degraded, panel ok',
    async play({ in: gate }) {
      gate.board.panel.press('lockdown');
      await gate.pause(3_000);
    },
  },
  {
    ...emergency,
    name: 'EMERGENCY releases for 120 s, then locks; details afterwards',
    expected: 'released, emergency, emergency, locked, emergency details',
    async play({ in: gate }) {
      await gate.press('emergency');
      await gate.walk();
      await gate.walk();
      await gate.pause(121_000);
      await gate.details({ service: '急救 120', people: '3', 'vehicle-plate': '黑A 12345' }, null);
    },
  },
  {
    ...emergency,
    name: 'pressed again: 120 s from the last press',
    expected: 'released, released, emergency, locked',
    async play({ in: gate }) {
      await gate.press('emergency');
      await gate.pause(100_000);
      await gate.press('emergency');
      await gate.pause(100_000);
      await gate.walk();
      await gate.pause(30_000);
    },
  },
  {
    ...emergency,
    name: 'under LOCKDOWN: EMERGENCY wins, afterwards entry stays stopped',
    expected: 'lockdown, released, emergency, locked, scan ignored',
    async play({ in: gate }, { campusId }) {
      await gate.press('lockdown');
      await gate.press('emergency');
      await gate.walk();
      await gate.pause(121_000);
      await gate.scan(gate.papers.form(campusId));
    },
  },
  {
    ...emergency,
    name: 'EMERGENCY needs nobody on duty, and no lifted cover',
    expected: 'released, panel degraded, panel ok, locked',
    async play({ in: gate, powerCut }) {
      await powerCut('in');
      gate.begin();
      gate.board.panel.press('emergency');
      await gate.pause(121_000);
    },
  },
  {
    ...emergency,
    name: 'EMERGENCY on a full disk: opens first, recorded later',
    expected: 'released, locked',
    async play({ in: gate }) {
      await gate.diskFails('disk-full');
      await gate.press('emergency');
      await gate.diskHeals();
      await gate.pause(121_000);
    },
  },
  {
    ...emergency,
    name: 'a grant that is being written is taken back',
    expected: 'grant duty-staff, released, not-opened, emergency, locked',
    async play({ in: gate }, { campusId }) {
      await gate.scan(gate.papers.form(campusId));
      await gate.measure(healthy);
      gate.board.panel.cover('emergency', true);
      await gate.pause(100);
      await gate.diskFails('stalls');
      gate.board.scan(gate.papers.code(campusId));
      await gate.waitFor(() => gate.state().lane.name === 'committing');
      gate.board.panel.press('emergency');
      await gate.waitFor(() => gate.state().emergencyUntilMs !== null);
      await gate.diskHeals();
      await gate.walk();
      await gate.pause(121_000);
    },
  },
];
