/** What came of a case: the records that the gate told its journal, and the words for them. */
import type { Effect, Input } from '../../kiosk/core/messages.js';
import type { GateState } from '../../kiosk/core/state.js';
import type { RecordDraft } from '../../kiosk/journal/port.js';

/** What one case left behind, as the journal was told it. */
export interface Trace {
  readonly records: RecordDraft[];
  /** last byte of the completing evidence to the relay's edge, by the machine's clock */
  readonly relayMs: number | null;
}

/** Collects what a gate does; its `observe` is handed to the board. */
export interface Witness {
  observe(input: Input, state: GateState, effects: readonly Effect[]): void;
  readonly records: RecordDraft[];
  /** machine time of the last byte when the last grant was decided */
  grantByteAtMs: number | null;
  /** how many cards the gate has read or given up reading */
  cardCount: number;
}

/** @returns a witness of the gate whose last byte came at `lastByteAtMs` */
export function witness(lastByteAtMs: () => number): Witness {
  const self: Witness = {
    records: [],
    grantByteAtMs: null,
    cardCount: 0,
    observe(input, _state, effects) {
      if (isOfCard(input)) self.cardCount += 1;
      for (const effect of effects) {
        if (effect.type !== 'append') continue;
        // What a failing disk did not take is sent again: that is the same record.
        self.records.push(...effect.records.filter((record) => !self.records.includes(record)));
        if (!effect.urgent) continue;
        // No byte asked for what the guard opens.
        const isGuards = effect.records.some(({ type }) => type === 'override');
        self.grantByteAtMs = isGuards ? null : lastByteAtMs();
      }
    },
  };
  return self;
}

function isOfCard(input: Input): boolean {
  if (input.type !== 'evidence') return false;
  const { evidence } = input;
  if (evidence.type === 'refused')
    return evidence.cardKind !== undefined || evidence.reason === 'card-unreadable';
  return evidence.type === 'card';
}

/**
 * What came of a case, in the words of the table: the last decision, then what was sensed.
 * E.g. `grant duty-staff, passed, tailgate` or `deny expired`.
 */
export function outcomeOf(trace: Trace): string {
  const words: string[] = [];
  const decision = trace.records.findLast(({ type }) => type === 'decision');
  if (decision !== undefined) {
    const reasons = decision['reasons'] as readonly string[];
    words.push(`${decision['outcome']} ${reasons.join('+') || decision['rule']}`);
  }
  for (const record of trace.records) {
    if (record.type === 'override') words.push(`open ${record['reason']}`);
    if (record.type === 'override-reason') words.push(`for ${record['reason']}`);
    if (record.type === 'attempt-ended' && record['end'] === 'guard-refused')
      words.push('guard refuses');
    if (record.type === 'lockdown')
      words.push(record['on'] === true ? 'lockdown' : 'entry goes on');
  }
  for (const record of trace.records)
    if (record.type === 'passage') words.push(String(record['outcome']));
  for (const record of trace.records)
    if (record.type === 'emergency') words.push(record['on'] === true ? 'released' : 'locked');
  for (const record of trace.records)
    if (record.type === 'fire') words.push(record['active'] === true ? 'fire' : 'no fire');
  return words.join(', ') || 'nothing';
}
