/**
 * What must be true of a world when it is over, read from its disks, its relays and the world's own
 * truth. A checker knows nothing of the core's code; each is seen to fail on a world that breaks its
 * promise.
 */
import { evidenceCheckers } from './checks/evidence.js';
import { guardCheckers } from './checks/guard.js';
import { journalCheckers } from './checks/journal.js';
import { type Checkers, readOut } from './checks/readout.js';
import { relayCheckers } from './checks/relay.js';
import { stopCheckers } from './checks/stops.js';
import { ticketCheckers } from './checks/tickets.js';
import type { World } from './world.js';

/** Every promise under its name. */
export const checkers: Checkers = {
  ...journalCheckers,
  ...relayCheckers,
  ...ticketCheckers,
  ...evidenceCheckers,
  ...guardCheckers,
  ...stopCheckers,
};

/** @returns every promise that this world breaks, in words */
export function findFaults(world: World): string[] {
  const readout = readOut(world);
  return Object.entries(checkers).flatMap(([name, check]) =>
    check(readout).map((fault) => `${name}: ${fault}`),
  );
}
