/** The scripted day, in its order. */
import { cardCases } from './cards.js';
import type { Case } from './case.js';
import { clockCases } from './clock.js';
import { dutyCases } from './duty.js';
import { edgeCases } from './edges.js';
import { externalCases } from './external.js';
import { feverCases } from './fever.js';
import { fireCases } from './fire.js';
import { hostCases } from './hosts.js';
import { isolationCases } from './isolation.js';
import { labCases } from './lab.js';
import { laneCases } from './lane.js';
import { lostTicketCases } from './lost-tickets.js';
import { openingCases } from './opening.js';
import { outsideUnitCases } from './outside-unit.js';
import { panelCases } from './panel.js';
import { paperCases } from './papers.js';
import { partCases } from './parts.js';
import { peopleCases } from './people.js';
import { readerCases } from './reader.js';
import { residentCases } from './residents.js';
import { returningCases } from './returning.js';
import { staffCases } from './staff.js';
import { studentCases } from './students.js';
import { ticketCases } from './tickets.js';
import { visitCases } from './visits.js';
import { wireCases } from './wires.js';

export const allCases: readonly Case[] = [
  ...staffCases,
  ...labCases,
  ...externalCases,
  ...residentCases,
  ...ticketCases,
  ...lostTicketCases,
  ...outsideUnitCases,
  ...returningCases,
  ...isolationCases,
  ...visitCases,
  ...hostCases,
  ...paperCases,
  ...feverCases,
  ...studentCases,
  ...dutyCases,
  ...openingCases,
  ...panelCases,
  ...fireCases,
  ...edgeCases,
  ...peopleCases,
  ...cardCases,
  ...readerCases,
  ...laneCases,
  ...partCases,
  ...clockCases,
  ...wireCases,
];
