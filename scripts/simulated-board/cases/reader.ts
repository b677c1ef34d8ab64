/** The card reader (身份必问): unplugged, silent, noisy, and back. */
import type { Case } from './case.js';
import { externalShows, healthy } from './shows.js';

const reader = { rule: 'part', clause: '身份必问', gate: 'in' } as const;
const granted = 'grant lab-external, passed';

export const readerCases: readonly Case[] = [
  {
    ...reader,
    name: 'card reader unplugged, plugged in again',
    expected: `id-card-reader lost, id-card-reader ok, ${granted}`,
    async play({ in: gate }, { person }) {
      gate.board.readerWire.cut();
      await gate.pause(2_000);
      gate.board.readerWire.mend();
      await gate.pause(5_000);
      await externalShows(gate, person, 'research');
      await gate.walk();
    },
  },
  {
    ...reader,
    name: 'card reader unplugged after the card: no automatic grant',
    expected: 'id-card-reader lost, refer part-failed',
    async play({ in: gate }, { person }) {
      await gate.scan(gate.papers.externalForm(person, 'research'));
      await gate.laysCard(person);
      gate.board.readerWire.cut();
      await gate.pause(2_000);
      await gate.measure(healthy);
    },
  },
  {
    ...reader,
    name: 'no card reader: staff, who need none, go in all the same',
    expected: 'id-card-reader lost, grant duty-staff, passed',
    async play({ in: gate }, { campusId }) {
      gate.board.readerWire.cut();
      await gate.pause(2_000);
      await gate.scan(gate.papers.form(campusId));
      await gate.measure(healthy);
      await gate.scan(gate.papers.code(campusId));
      await gate.walk();
    },
  },
  {
    ...reader,
    name: 'the module answers nothing any more, and comes back',
    expected: `id-card-reader lost, id-card-reader ok, ${granted}`,
    async play({ in: gate }, { person }) {
      gate.board.reader.setFault({ type: 'deaf' });
      await gate.pause(20_000);
      gate.board.reader.setFault({ type: 'none' });
      await gate.pause(10_000);
      await externalShows(gate, person, 'research');
      await gate.walk();
    },
  },
  {
    ...reader,
    name: 'wrong checksums for a moment: read all the same',
    expected: granted,
    async play({ in: gate }, { person }) {
      gate.board.reader.setFault({ type: 'wrong-checksum', to: ['read 30 01'] });
      gate.board.reader.place(person);
      await gate.pause(1_200);
      gate.board.reader.setFault({ type: 'none' });
      await externalShows(gate, person, 'research');
      await gate.walk();
    },
  },
  {
    ...reader,
    name: 'noise before each answer of the module',
    expected: granted,
    async play({ in: gate }, { person }) {
      gate.board.reader.setFault({ type: 'noisy' });
      await externalShows(gate, person, 'research');
      await gate.walk();
    },
  },
];
