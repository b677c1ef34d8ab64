/** The attempt's edges (身份必问): one person at a time, whose evidence never mixes with another's. */
import type { Case } from './case.js';
import { healthy, silentMs, staffIsGranted } from './shows.js';

const attempt = { rule: 'attempt', clause: '身份必问', gate: 'in' } as const;
const granted = 'grant duty-staff, passed';

export const edgeCases: readonly Case[] = [
  {
    ...attempt,
    name: 'silence of 29 s, and the attempt goes on',
    expected: granted,
    async play({ in: gate }, { campusId }) {
      await gate.scan(gate.papers.form(campusId));
      await gate.pause(29_000);
      await gate.measure(healthy);
      await gate.pause(29_000);
      await gate.scan(gate.papers.code(campusId));
      await gate.walk();
    },
  },
  {
    ...attempt,
    name: 'silence of 31 s, and it has to begin anew',
    expected: 'deny incomplete, deny incomplete',
    async play({ in: gate }, { campusId }) {
      await gate.scan(gate.papers.form(campusId));
      await gate.measure(healthy);
      await gate.pause(silentMs);
      await gate.scan(gate.papers.code(campusId));
      await gate.pause(silentMs);
    },
  },
  {
    ...attempt,
    name: 'a temperature starts no attempt',
    expected: 'nothing',
    async play({ in: gate }) {
      await gate.measure(healthy);
      await gate.pause(silentMs);
    },
  },
  {
    ...attempt,
    name: 'the hand was there before the paper: measured once more',
    expected: 'no reading not-new, grant duty-staff, passed',
    async play({ in: gate }, { campusId }) {
      const { thermometer } = gate.board;
      thermometer.present(3_348);
      await gate.pause(1_000);
      await gate.scan(gate.papers.form(campusId));
      await gate.scan(gate.papers.code(campusId));
      await gate.pause(1_000);
      thermometer.clear();
      await gate.pause(1_000);
      await gate.measure(healthy);
      await gate.walk();
    },
  },
  {
    ...attempt,
    name: 'the same code twice in one attempt is nothing new',
    expected: granted,
    async play({ in: gate }, { campusId }) {
      const code = gate.papers.code(campusId);
      await gate.scan(code);
      await gate.scan(code);
      await gate.measure(healthy);
      await gate.scan(code);
      await gate.scan(gate.papers.form(campusId));
      await gate.walk();
    },
  },
  {
    ...attempt,
    name: 'a code of an attempt that came to nothing is spent',
    expected: 'deny already-used, deny incomplete',
    async play({ in: gate }, { campusId }) {
      const code = gate.papers.code(campusId);
      await gate.scan(code);
      await gate.pause(silentMs);
      gate.begin();
      await gate.scan(gate.papers.form(campusId));
      await gate.measure(healthy);
      await gate.scan(code);
      await gate.pause(silentMs);
    },
  },
  {
    ...attempt,
    name: 'from a grant to the passage no scan starts anything',
    expected: 'grant duty-staff, scan ignored, passed',
    async play({ in: gate }, { campusId, otherCampusId }) {
      await staffIsGranted(gate, campusId);
      await gate.scan(gate.papers.code(otherCampusId));
      await gate.walk();
    },
  },
  {
    ...attempt,
    name: 'two rules complete at once: the lowest order decides',
    expected: 'grant lab-staff, passed',
    async play({ in: gate }, { campusId }) {
      await gate.scan(gate.papers.form(campusId));
      await gate.scan(gate.papers.labForm(campusId));
      await gate.measure(healthy);
      await gate.scan(gate.papers.code(campusId));
      await gate.walk();
    },
  },
];
