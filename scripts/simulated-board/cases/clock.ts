/** The clock (law 6): what each of its four states allows. */
import type { Case } from './case.js';
import { healthy, staffIsGranted } from './shows.js';

const clock = { rule: 'clock', clause: '信息必登', gate: 'in' } as const;
const granted = 'grant duty-staff, passed';
const hourMs = 3_600_000;

export const clockCases: readonly Case[] = [
  {
    ...clock,
    name: 'holdover: all goes on while the error is under a minute',
    expected: `clock holdover, ${granted}`,
    async play({ in: gate, setClock }, { campusId }) {
      setClock('holdover');
      await staffIsGranted(gate, campusId);
      await gate.walk();
    },
  },
  {
    ...clock,
    name: 'never synchronised since a power cut: no automatic grant',
    expected: 'refer clock-untrusted',
    async play({ in: gate, setClock, powerCut }, { campusId }) {
      setClock('holdover');
      await powerCut('in');
      gate.begin();
      await staffIsGranted(gate, campusId);
    },
  },
  {
    ...clock,
    name: 'synchronised again: it goes on',
    expected: granted,
    async play({ in: gate, setClock, powerCut }, { campusId }) {
      setClock('holdover');
      await powerCut('in');
      setClock('synced');
      gate.begin();
      await staffIsGranted(gate, campusId);
      await gate.walk();
    },
  },
  {
    ...clock,
    name: 'two days ahead at once: a conflict, no automatic grant',
    expected: 'clock conflict, refer clock-untrusted',
    async play({ in: gate, stepClock }, { campusId }) {
      const papers = [gate.papers.form(campusId), gate.papers.code(campusId)];
      stepClock(48 * hourMs);
      for (const paper of papers) await gate.scan(paper);
      await gate.measure(healthy);
      stepClock(-48 * hourMs);
      await gate.pause(1_000);
    },
  },
  {
    ...clock,
    name: 'five minutes back: time stands still until it has caught up',
    expected: `clock conflict, refer clock-untrusted, refused by the guard, ${granted}`,
    async play({ in: gate, stepClock }, { campusId }) {
      stepClock(-300_000);
      await staffIsGranted(gate, campusId);
      await gate.press('refuse');
      await gate.pause(250_000);
      await staffIsGranted(gate, campusId);
      await gate.walk();
      stepClock(300_000);
      await gate.pause(1_000);
    },
  },
  {
    ...clock,
    name: 'an hour ahead is believed; what ends by then has ended',
    expected: 'deny expired',
    async play({ in: gate, stepClock }, { campusId }) {
      const form = gate.papers.form(campusId, { until: 1_800 });
      stepClock(hourMs);
      await gate.scan(form);
    },
  },
];
