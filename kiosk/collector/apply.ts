/**
 * Puts what came into the store, one input after the other within one transaction, and says what
 * follows from it once that transaction is on the disk. Sends nothing.
 */
import type { PublicKey } from '../../config/crypto/ed25519-key.js';
import type { Fault } from './faults.js';
import { type Input, type Refused, type RefusedWhy, refusal } from './inbox.js';
import type { CollectorStore } from './store.js';
import { takeBatch } from './take.js';
import { refusedTally } from './tally.js';

/** What follows from an input that has been stored. */
export type Outcome =
  | {
      readonly is: 'batch';
      readonly kiosk: string;
      readonly journal: string;
      readonly added: number;
      readonly faults: readonly Fault[];
    }
  | { readonly is: 'gate'; readonly kiosk: string; readonly online: boolean }
  | { readonly is: 'checkpoint'; readonly kiosk: string; readonly faults: readonly Fault[] }
  | Refused;

/** A journal whose receipt is to be sent, or sent again. */
export interface Due {
  readonly kiosk: string;
  readonly journal: string;
}

export interface Applied {
  readonly outcomes: readonly Outcome[];
  readonly due: readonly Due[];
  /** gates that have just come: what waits for them is sent anew */
  readonly arrived: readonly string[];
}

/**
 * @param store within its transaction
 * @param inputs in the order in which they came
 * @param kiosks the gates' keys by id
 * @param nowMs wall clock
 * @returns what follows
 */
export function applyInputs(
  store: CollectorStore,
  inputs: readonly Input[],
  kiosks: ReadonlyMap<string, PublicKey>,
  nowMs: number,
): Applied {
  const outcomes: Outcome[] = [];
  const due: Due[] = [];
  const arrived: string[] = [];
  const { gates, notices, checkpoints, faults, journals } = store;
  const tally = refusedTally();
  const refuse = (kiosk: string, why: RefusedWhy): void => tally.add(refusal(kiosk, why));

  for (const input of inputs) {
    if (input.is === 'refused') {
      tally.add(input);
      continue;
    }
    if (!gates.mayAdd(input.kiosk)) {
      refuse(input.kiosk, 'too-many-gates');
      continue;
    }
    switch (input.is) {
      case 'batch': {
        const { journal } = input.batch;
        gates.heard(input.kiosk, nowMs);
        const taken = takeBatch(store, input.kiosk, input.batch, nowMs);
        // Also where it came twice or cannot follow: then the gate is told where we stand.
        if (taken.receipt !== null) due.push({ kiosk: input.kiosk, journal });
        outcomes.push({ is: 'batch', kiosk: input.kiosk, journal, ...taken });
        break;
      }
      case 'state': {
        const { state, retained } = input;
        const answer = gates.takeState(input.kiosk, state);
        // A will is the broker's word, and so is what it has kept.
        if (state.online && !retained) gates.heard(input.kiosk, nowMs);
        if (answer === 'came' || answer === 'went')
          outcomes.push({ is: 'gate', kiosk: input.kiosk, online: state.online });
        if (answer !== 'came') break;
        arrived.push(input.kiosk);
        const row = journals.currentOf(input.kiosk);
        if (row !== null) due.push({ kiosk: input.kiosk, journal: row.journal });
        break;
      }
      case 'checkpoint': {
        const key = kiosks.get(input.kiosk) ?? null;
        const taken = checkpoints.take({ kiosk: input.kiosk, note: input.note, key }, nowMs);
        if (taken.state === 'bad') refuse(input.kiosk, 'bad-checkpoint');
        const isNew = taken.fault !== null && faults.report(taken.fault, nowMs);
        if (taken.fault !== null && isNew)
          outcomes.push({ is: 'checkpoint', kiosk: input.kiosk, faults: [taken.fault] });
        if (taken.state === 'verified' && taken.journal !== null)
          due.push({ kiosk: input.kiosk, journal: taken.journal });
        break;
      }
      case 'notice':
        if (input.notice === null) notices.clear(input.kiosk, input.id);
        else if (!notices.open(input.kiosk, input.notice)) refuse(input.kiosk, 'too-many-notices');
        break;
    }
  }
  for (const refused of tally.take()) {
    const { kiosk, why: theirs, count } = refused;
    const fault = { kiosk: kiosk ?? '', journal: '', kind: 'refused', seq: 0, theirs } as const;
    faults.report(fault, nowMs, count);
    outcomes.push(refused);
  }
  return { outcomes, due, arrived };
}
