/** Fever (体温必测): stops a person whatever else is shown, but for the retests. */

import type { Stage } from '../stage.js';
import type { Case } from './case.js';
import { feverish, guardComes, healthy, staffIsGranted } from './shows.js';

const fever = { rule: 'fever', clause: '体温必测', gate: 'in' } as const;
/** The pause before a retest, and a second. */
const retestPauseMs = 121_000;

/** Shows form and code, and has a fever. @returns the form */
async function hasFever(gate: Stage, campusId: string): Promise<string> {
  const form = gate.papers.form(campusId);
  await gate.scan(form);
  await gate.scan(gate.papers.code(campusId));
  await gate.measure(feverish);
  return form;
}

/** Waits, shows the form again and is measured again. */
async function retests(gate: Stage, form: string, celsius: number): Promise<void> {
  await gate.pause(retestPauseMs);
  await gate.scan(form);
  await gate.measure(celsius);
}

export const feverCases: readonly Case[] = [
  {
    ...fever,
    name: 'fever: the health office is told; booth empty: duty officer',
    expected: 'refer fever → guard health-office duty-officer',
    withTells: true,
    async play({ in: gate, powerCut }, { campusId }) {
      await powerCut('in');
      gate.begin();
      await hasFever(gate, campusId);
    },
  },
  {
    ...fever,
    name: 'fever on the way out',
    gate: 'out',
    expected: 'refer fever',
    async play({ out }, { campusId }) {
      await out.scan(out.papers.form(campusId));
      await out.measure(feverish);
    },
  },
  {
    ...fever,
    name: '37.2 °C is normal',
    expected: 'grant duty-staff, passed',
    async play({ in: gate }, { campusId }) {
      await gate.scan(gate.papers.form(campusId));
      await gate.measure(37.2);
      await gate.scan(gate.papers.code(campusId));
      await gate.walk();
    },
  },
  {
    ...fever,
    name: 'measured again after two minutes: normal',
    expected: 'refer fever, grant duty-staff, passed',
    async play({ in: gate }, { campusId }) {
      const form = await hasFever(gate, campusId);
      await retests(gate, form, healthy);
      await gate.walk();
    },
  },
  {
    ...fever,
    name: 'measured again after one minute: does not count',
    expected: 'refer fever',
    async play({ in: gate }, { campusId }) {
      const form = await hasFever(gate, campusId);
      await gate.pause(60_000);
      await gate.scan(form);
      await gate.measure(healthy);
    },
  },
  {
    ...fever,
    name: 'a fever still, and normal at the second retest',
    expected: 'refer fever, refer fever, grant duty-staff, passed',
    async play({ in: gate }, { campusId }) {
      const form = await hasFever(gate, campusId);
      await retests(gate, form, feverish);
      await retests(gate, form, healthy);
      await gate.walk();
    },
  },
  {
    ...fever,
    name: 'no third retest',
    expected: 'refer fever, refer fever, refer fever, given up',
    async play({ in: gate }, { campusId }) {
      const form = await hasFever(gate, campusId);
      await retests(gate, form, feverish);
      await retests(gate, form, feverish);
      await retests(gate, form, healthy);
      await gate.pause(610_000);
    },
  },
  {
    ...fever,
    name: 'measured by hand after two minutes: normal',
    expected: 'refer fever, by hand normal, attested temperature, grant duty-staff, passed',
    async play({ in: gate }, { campusId, guardId }) {
      await guardComes(gate, guardId);
      await hasFever(gate, campusId);
      await gate.pause(retestPauseMs);
      await gate.confirm('temperature:normal');
      await gate.walk();
    },
  },
  {
    ...fever,
    name: 'measured by hand at once: not before the pause is over',
    expected: 'refer fever',
    async play({ in: gate }, { campusId, guardId }) {
      await guardComes(gate, guardId);
      await hasFever(gate, campusId);
      await gate.confirm('temperature:normal');
    },
  },
  {
    ...fever,
    name: 'by hand and by sensor: two retests together',
    expected: 'refer fever, by hand fever, refer fever, refer fever',
    async play({ in: gate }, { campusId, guardId }) {
      await guardComes(gate, guardId);
      const form = await hasFever(gate, campusId);
      await gate.pause(retestPauseMs);
      await gate.confirm('temperature:fever');
      await retests(gate, form, feverish);
      await retests(gate, form, healthy);
    },
  },
  {
    ...fever,
    name: 'comes back at once as somebody new: the fever is known',
    expected: 'refer fever, refused by the guard, refer fever',
    async play({ in: gate }, { campusId }) {
      await hasFever(gate, campusId);
      await gate.press('refuse');
      await staffIsGranted(gate, campusId);
    },
  },
];
