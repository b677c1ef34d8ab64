/** When a part fails: no automatic grant for a rule that needs it, and the guard can still work. */
import type { Case } from './case.js';
import { guardComes, healthy, residentShows, silentMs, staffIsGranted } from './shows.js';

const scanner = { rule: 'part', clause: '身份必问', gate: 'in' } as const;
const thermometer = { rule: 'part', clause: '体温必测', gate: 'in' } as const;
const disk = { rule: 'part', clause: '信息必登', gate: 'in' } as const;
const power = { rule: 'part', clause: '八', gate: 'in' } as const;
const panel = { rule: 'part', clause: '八', gate: 'in' } as const;
const granted = 'grant duty-staff, passed';

export const partCases: readonly Case[] = [
  {
    ...power,
    name: 'no mains power: it goes on by battery, and says so',
    expected: `on battery, ${granted}, mains back`,
    async play({ in: gate }, { campusId }) {
      gate.board.mains(false);
      await gate.pause(1_000);
      await staffIsGranted(gate, campusId);
      await gate.walk();
      gate.board.mains(true);
      await gate.pause(6_000);
    },
  },
  {
    ...scanner,
    name: 'scanner unplugged, plugged in again',
    expected: `scanner lost, scanner ok, ${granted}`,
    async play({ in: gate }, { campusId }) {
      gate.board.scannerWire.cut();
      await gate.pause(1_000);
      gate.board.scannerWire.mend();
      await gate.pause(2_500);
      await staffIsGranted(gate, campusId);
      await gate.walk();
    },
  },
  {
    ...scanner,
    name: 'scanner unplugged after the papers: no automatic grant',
    expected: 'scanner lost, refer part-failed',
    async play({ in: gate }, { campusId }) {
      await gate.scan(gate.papers.form(campusId));
      await gate.scan(gate.papers.code(campusId));
      gate.board.scannerWire.cut();
      await gate.pause(1_000);
      await gate.measure(healthy);
    },
  },
  {
    ...thermometer,
    name: 'frozen thermometer',
    expected: 'thermometer degraded, refer part-failed, thermometer ok',
    async play({ in: gate }, { campusId }) {
      await gate.scan(gate.papers.form(campusId));
      await gate.measure(healthy);
      gate.board.thermometer.setFault('frozen');
      await gate.pause(12_000);
      await gate.scan(gate.papers.code(campusId));
      gate.board.thermometer.setFault('none');
      await gate.pause(2_000);
    },
  },
  {
    ...thermometer,
    name: 'silent thermometer: nothing to decide on',
    expected: 'thermometer lost, deny incomplete, thermometer ok',
    async play({ in: gate }, { campusId }) {
      gate.board.thermometer.setFault('silent');
      await gate.scan(gate.papers.form(campusId));
      await gate.scan(gate.papers.code(campusId));
      await gate.measure(healthy);
      await gate.pause(silentMs);
      gate.board.thermometer.setFault('none');
      await gate.pause(3_000);
    },
  },
  {
    ...thermometer,
    name: 'silent thermometer: the guard measures by hand',
    expected:
      'thermometer lost, by hand normal, attested temperature, grant duty-staff, passed, thermometer ok',
    async play({ in: gate }, { campusId, guardId }) {
      await guardComes(gate, guardId);
      gate.board.thermometer.setFault('silent');
      await gate.pause(5_000);
      await gate.scan(gate.papers.form(campusId));
      await gate.scan(gate.papers.code(campusId));
      await gate.confirm('temperature:normal');
      await gate.walk();
      gate.board.thermometer.setFault('none');
      await gate.pause(3_000);
    },
  },
  {
    ...thermometer,
    name: 'jumping thermometer',
    expected: 'thermometer degraded, deny incomplete, thermometer ok',
    async play({ in: gate }, { campusId }) {
      gate.board.thermometer.setFault('jumping');
      await gate.scan(gate.papers.form(campusId));
      await gate.scan(gate.papers.code(campusId));
      await gate.measure(healthy);
      await gate.pause(silentMs);
      gate.board.thermometer.setFault('none');
      await gate.pause(5_000);
    },
  },
  {
    ...thermometer,
    name: 'thermometer unplugged, plugged in again',
    expected: `thermometer lost, thermometer ok, ${granted}`,
    async play({ in: gate }, { campusId }) {
      gate.board.thermometerWire.cut();
      await gate.pause(2_000);
      gate.board.thermometerWire.mend();
      await gate.pause(5_000);
      await staffIsGranted(gate, campusId);
      await gate.walk();
    },
  },
  {
    ...disk,
    name: 'stalled disk: see the guard, the late commit opens nothing',
    expected: 'grant duty-staff, refer disk-late, not-opened',
    async play({ in: gate }, { campusId }) {
      await gate.scan(gate.papers.form(campusId));
      await gate.measure(healthy);
      await gate.diskFails('stalls');
      gate.board.scan(gate.papers.code(campusId));
      await gate.waitFor(() => gate.state().attempt?.standing.type === 'referred');
      await gate.diskHeals();
    },
  },
  {
    ...scanner,
    name: 'scanner unplugged while the record is written: not opened',
    expected: 'grant duty-staff, scanner lost, refer part-failed, not-opened, scanner ok',
    async play({ in: gate }, { campusId }) {
      await gate.scan(gate.papers.form(campusId));
      await gate.measure(healthy);
      await gate.diskFails('stalls');
      gate.board.scan(gate.papers.code(campusId));
      await gate.waitFor(() => gate.state().lane.name === 'committing');
      gate.board.scannerWire.cut();
      await gate.waitFor(() => gate.state().attempt?.standing.type === 'referred');
      await gate.diskHeals();
      gate.board.scannerWire.mend();
      await gate.pause(2_500);
    },
  },
  ...(['disk-full', 'read-only'] as const).map(
    (why): Case => ({
      ...disk,
      name: `${why === 'disk-full' ? 'full disk' : 'read-only disk'}: see the guard`,
      expected: 'refer disk-failed',
      async play({ in: gate }, { campusId }) {
        await gate.scan(gate.papers.form(campusId));
        await gate.measure(healthy);
        await gate.diskFails(why);
        gate.board.scan(gate.papers.code(campusId));
        await gate.waitFor(() => gate.state().attempt?.standing.type === 'referred');
        await gate.diskHeals();
      },
    }),
  ),
  {
    ...disk,
    name: 'full disk: the ticket is not lost by it',
    gate: 'out',
    expected: 'refer disk-failed, refused by the guard, grant resident, passed',
    async play({ out }, { household }) {
      const ticket = out.papers.ticket(household);
      await out.scan(out.papers.pass(household));
      await out.measure(healthy);
      await out.diskFails('disk-full');
      out.board.scan(ticket);
      await out.waitFor(() => out.state().attempt?.standing.type === 'referred');
      await out.diskHeals();
      await out.press('refuse');
      await residentShows(out, household, ticket);
      await out.walk();
    },
  },
  {
    ...panel,
    name: 'a button stuck: a fault, and no second press',
    expected: 'opened by the guard, no-show, panel degraded, panel ok',
    async play({ in: gate }, { guardId }) {
      await guardComes(gate, guardId);
      gate.board.panel.hold('open');
      await gate.pause(20_000);
      gate.board.panel.release('open');
      await gate.pause(3_000);
    },
  },
  {
    ...panel,
    name: 'a chattering contact is a fault, no press',
    expected: 'panel degraded, panel ok',
    async play({ in: gate }, { guardId }) {
      await guardComes(gate, guardId);
      gate.board.panel.chatter('open', 1_000);
      await gate.pause(20_000);
    },
  },
];
