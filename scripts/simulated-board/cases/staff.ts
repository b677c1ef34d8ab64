/** Staff on duty (二), and every way in which their papers do not serve. */
import type { Case } from './case.js';
import { hasExpired, healthy, outsideCelsius, silentMs, staffIsGranted } from './shows.js';

const rule = 'duty-staff';
const clause = '二';
const base = { rule, clause, gate: 'in' } as const;

export const staffCases: readonly Case[] = [
  {
    ...base,
    name: 'form, temperature, code: goes in',
    expected: 'grant duty-staff, passed',
    async play({ in: gate }, { campusId }) {
      await staffIsGranted(gate, campusId);
      await gate.walk();
    },
  },
  {
    ...base,
    name: 'code, form, temperature: any order',
    expected: 'grant duty-staff, passed',
    async play({ in: gate }, { campusId }) {
      await gate.scan(gate.papers.code(campusId));
      await gate.scan(gate.papers.form(campusId));
      await gate.measure(healthy);
      await gate.walk();
    },
  },
  {
    ...base,
    name: 'goes out',
    gate: 'out',
    expected: 'grant duty-staff, passed',
    async play({ out: gate }, { campusId }) {
      await staffIsGranted(gate, campusId);
      await gate.walk();
    },
  },
  {
    ...base,
    name: 'form without code',
    expected: 'deny incomplete',
    async play({ in: gate }, { campusId }) {
      await gate.scan(gate.papers.form(campusId));
      await gate.measure(healthy);
      await gate.pause(silentMs);
    },
  },
  {
    ...base,
    name: 'form with the code of another person',
    expected: 'next person, deny incomplete',
    async play({ in: gate }, { campusId, otherCampusId }) {
      await gate.scan(gate.papers.form(campusId));
      await gate.scan(gate.papers.code(otherCampusId));
      await gate.measure(healthy);
      await gate.pause(silentMs);
    },
  },
  {
    ...base,
    name: 'temperature taken before any paper',
    expected: 'deny incomplete',
    async play({ in: gate }, { campusId }) {
      await gate.measure(healthy);
      await gate.scan(gate.papers.form(campusId));
      await gate.scan(gate.papers.code(campusId));
      await gate.pause(silentMs);
    },
  },
  {
    ...base,
    name: 'expired form',
    expected: 'deny expired',
    play: ({ in: gate }, { campusId }) => gate.scan(gate.papers.form(campusId, hasExpired)),
  },
  {
    ...base,
    name: 'revoked form',
    expected: 'deny revoked',
    play: ({ in: gate }, { campusId }) => gate.scan(gate.papers.revokedForm(campusId)),
  },
  {
    ...base,
    name: 'screenshot of a used code',
    expected: 'deny already-used',
    async play({ in: gate }, { campusId }) {
      const code = gate.papers.code(campusId);
      await gate.scan(gate.papers.form(campusId));
      await gate.scan(code);
      await gate.measure(healthy);
      await gate.walk();
      await gate.scan(code);
      await gate.pause(silentMs);
      gate.begin();
      await gate.scan(code);
    },
  },
  {
    ...base,
    name: 'code used at the other gate',
    expected: 'deny already-used',
    async play({ in: gate, out }, { campusId }) {
      const code = gate.papers.code(campusId);
      await out.scan(code);
      await gate.scan(code);
    },
  },
  {
    ...base,
    name: 'code that lives longer than ten minutes',
    expected: 'deny lifetime-too-long',
    play: ({ in: gate }, { campusId }) => gate.scan(gate.papers.code(campusId, { until: 601 })),
  },
  {
    ...base,
    name: 'form for another gate',
    expected: 'deny wrong-zone',
    play: ({ in: gate }, { campusId }) =>
      gate.scan(gate.papers.form(campusId, { zones: ['library'] })),
  },
  {
    ...base,
    name: 'form signed by a stranger',
    expected: 'deny unknown-key',
    play: ({ in: gate }, { campusId }) => gate.scan(gate.papers.forgedForm(campusId)),
  },
  {
    ...base,
    name: 'code signed by the wrong office',
    expected: 'deny kind-not-allowed',
    play: ({ in: gate }, { campusId }) => gate.scan(gate.papers.overreachingCode(campusId)),
  },
  {
    ...base,
    name: 'expired form on the way out: the duty officer, the booth is empty',
    gate: 'out',
    expected: 'refer expired → guard duty-officer',
    withTells: true,
    async play({ out, powerCut }, { campusId }) {
      await powerCut('out');
      out.begin();
      await out.scan(out.papers.form(campusId, hasExpired));
    },
  },
  {
    ...base,
    name: 'bare wrist at −20 °C: too cold to be a reading',
    expected: 'no reading too-cold, deny incomplete',
    async play({ in: gate }, { campusId }) {
      await gate.scan(gate.papers.form(campusId));
      await gate.scan(gate.papers.code(campusId));
      await gate.measure(healthy, outsideCelsius);
      await gate.pause(silentMs);
    },
  },
  {
    ...base,
    name: 'cold wrist, warmed up, measured again',
    expected: 'no reading too-cold, grant duty-staff, passed',
    async play({ in: gate }, { campusId }) {
      await gate.scan(gate.papers.form(campusId));
      await gate.scan(gate.papers.code(campusId));
      await gate.measure(healthy, outsideCelsius);
      await gate.pause(10_000);
      await gate.measure(healthy);
      await gate.walk();
    },
  },
];
