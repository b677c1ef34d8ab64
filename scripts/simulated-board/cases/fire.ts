/** Fire (八): the supervised loop releases the lane, and in doubt there is a fire. */
import type { Case } from './case.js';

const fire = { rule: 'fire', clause: '八', gate: 'in' } as const;

export const fireCases: readonly Case[] = [
  {
    ...fire,
    name: 'the fire loop opens: released until it is closed again',
    expected: 'fire, emergency, no fire',
    async play({ in: gate }) {
      gate.board.fire.alarm(true);
      await gate.pause(300_000);
      await gate.walk();
      gate.board.fire.alarm(false);
      await gate.pause(3_000);
    },
  },
  {
    ...fire,
    name: 'fire wins over LOCKDOWN',
    expected: 'lockdown, fire, emergency, no fire, scan ignored',
    async play({ in: gate }, { campusId }) {
      await gate.press('lockdown');
      gate.board.fire.alarm(true);
      await gate.pause(1_000);
      await gate.walk();
      gate.board.fire.alarm(false);
      await gate.pause(3_000);
      await gate.scan(gate.papers.form(campusId));
    },
  },
  {
    ...fire,
    name: 'the wire of the loop is cut: in doubt there is a fire',
    expected: 'fire, fire degraded, fire ok, no fire',
    async play({ in: gate }) {
      gate.board.fire.wires('cut');
      await gate.pause(5_000);
      gate.board.fire.wires('sound');
      await gate.pause(3_000);
    },
  },
  {
    ...fire,
    name: 'the wires are shorted: seen by the resistor at the end',
    expected: 'fire, fire degraded, fire ok, no fire',
    async play({ in: gate }) {
      gate.board.fire.wires('shorted');
      await gate.pause(5_000);
      gate.board.fire.wires('sound');
      await gate.pause(3_000);
    },
  },
  {
    ...fire,
    name: 'a loose terminal in the loop',
    expected: 'fire, fire degraded, fire ok, no fire',
    async play({ in: gate }) {
      gate.board.fire.rattle(500);
      await gate.pause(10_000);
    },
  },
];
