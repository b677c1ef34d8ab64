/** What came of a case: the records that the gate sent to its journal, and that were not sent in vain. */
import type { Effect, Input } from '../../kiosk/core/messages.js';
import type { GateState } from '../../kiosk/core/state.js';
import type { RecordDraft } from '../../kiosk/journal/port.js';

/** What one case left behind. */
export interface Trace {
  readonly records: readonly RecordDraft[];
  /** last byte of the completing evidence to the relay's edge, by the machine's clock */
  readonly relayMs: number | null;
}

/** Collects what a gate does; its `observe` is handed to the board. */
export interface Witness {
  observe(input: Input, state: GateState, effects: readonly Effect[]): void;
  readonly records: RecordDraft[];
  /** Begins anew: what was sent to the journal until now is not of it. */
  forget(): void;
  /** machine time of the last byte when the last grant was decided */
  grantByteAtMs: number | null;
  /** how many cards the gate has read or given up reading */
  cardCount: number;
}

/** @returns a witness of the gate whose last byte came at `lastByteAtMs` */
export function witness(lastByteAtMs: () => number): Witness {
  let sent: { readonly id: number | null; readonly records: readonly RecordDraft[] }[] = [];
  const self: Witness = {
    get records() {
      return sent.flatMap(({ records }) => records);
    },
    forget() {
      sent = [];
      self.grantByteAtMs = null;
    },
    grantByteAtMs: null,
    cardCount: 0,
    observe(input, _state, effects) {
      if (isOfCard(input)) self.cardCount += 1;
      // What a failing disk did not take is sent again, with another request.
      if (input.type === 'append-failed') sent = sent.filter(({ id }) => id !== input.id);
      // A gate that starts anew numbers its requests anew.
      if (input.type === 'boot') sent = sent.map(({ records }) => ({ id: null, records }));
      for (const effect of effects) {
        if (effect.type !== 'append') continue;
        const { id, records } = effect;
        sent.push({ id, records });
        if (records.some(isGrant)) self.grantByteAtMs = lastByteAtMs();
      }
    },
  };
  return self;
}

function isGrant({ type, outcome }: RecordDraft): boolean {
  return type === 'decision' && outcome === 'grant';
}

function isOfCard(input: Input): boolean {
  if (input.type !== 'evidence') return false;
  const { evidence } = input;
  if (evidence.type === 'refused')
    return evidence.cardKind !== undefined || evidence.reason === 'card-unreadable';
  return evidence.type === 'card';
}
