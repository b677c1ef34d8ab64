/** One lane for many short lives: the same keys and papers whenever it is started. */
import { privateKeyFromSeed } from '../../config/crypto/ed25519-key.js';
import { type VirtualClock, virtualClock } from '../../hardware/simulated/clock.js';
import { random } from '../../hardware/simulated/random.js';
import { verifyCredential } from '../../kiosk/credential/verify.js';
import type { Verifier } from '../../kiosk/evidence/scan.js';
import { openCampus } from '../../scripts/simulated-board/papers.js';

export const names = { site: 'main-campus', kiosk: 'gate-out' } as const;
export const collectorName = 'collector-1';

/** A midnight in site time, two days after the notice. */
const startWallMs = Date.parse('2020-02-12T00:00:00+08:00');
const utcOffsetMinutes = 480;
/** From one start to the next: more than a run takes, and a life of them within a ticket's days. */
const runMs = 600_000;

/** Of somebody who goes shopping for a household. */
export interface Shopper {
  readonly pass: string;
  readonly ticket: string;
  /** kid ‖ cti of the ticket */
  readonly ticketId: string;
}

/** @returns the lane's keys, and papers: the same for the same seed */
export function openStage(seed: number) {
  let dice = random(seed);
  const issuing = virtualClock({ wallMs: startWallMs });
  const campus = openCampus(issuing, utcOffsetMinutes, (count) => dice.bytes(count));
  const keyOf = (serial: number) => privateKeyFromSeed(random(seed + serial).bytes(32));
  return {
    verifier: campus.verifier,
    collectorKey: keyOf(1),
    deviceKey: keyOf(2),
    /** The n-th household's papers: the very same at each call. */
    shopper(household: number): Shopper {
      dice = random(seed + 1_000 + household);
      const name = `b${household}`;
      const pass = campus.papers.pass(name);
      const ticket = campus.papers.ticket(name);
      return { pass, ticket, ticketId: idOf(campus.verifier, ticket) };
    },
    clockOf: (run: number): VirtualClock => virtualClock({ wallMs: startWallMs + run * runMs }),
  };
}

function idOf({ trust, revocations }: Verifier, text: string): string {
  const nowSeconds = startWallMs / 1_000;
  const read = verifyCredential(text, { trust, revocations, nowSeconds });
  if (!read.ok) throw new Error(`a ticket of the stage is ${read.reason}`);
  return read.credential.id;
}
