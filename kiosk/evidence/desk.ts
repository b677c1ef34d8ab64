/**
 * Where readings become evidence: each is verified, bound and sealed as it comes, and what is private
 * stays here. `main.ts` gives it readings, tells it how the attempt stands, and asks for the sealed
 * parts of the records that the core writes.
 */
import type { Scheduler } from '../../hardware/ports.js';
import type { Attempt } from '../core/attempt/attempt-state.js';
import type {
  CardEvidence,
  DetailsEvidence,
  DocumentEvidence,
  RefusedEvidence,
  TemperatureEvidence,
} from '../core/evidence.js';
import type { GateSettings } from '../core/settings.js';
import type { JsonValue } from '../journal/port.js';
import { type CardText, cardEvidence } from './card.js';
import { cardKeeper } from './card-keeper.js';
import { type DetailProblem, type DetailsInput, detailsEvidence } from './details.js';
import { type PartKeeper, type PartSource, partKeeper } from './part-keeper.js';
import { type ScanMoment, scanEvidence, type Verifier } from './scan.js';
import {
  type RandomBytes,
  type RegistryState,
  registryKey,
  registryKeyId,
  type Seal,
  sealer,
} from './seal.js';
import { collectTemperature, type TemperatureSample } from './temperature.js';

export interface DeskOptions {
  readonly settings: GateSettings;
  readonly verifier: Verifier;
  readonly scheduler: Scheduler;
  /** for keys and nonces */
  readonly random: RandomBytes;
  /**
   * ids of the tickets that this gate has seen of a household, by its token, and whose days are also
   * those of one that begins on this day (since 1970, site time)
   */
  ticketsSeen(household: string, day: number): readonly string[];
  /** told at the first look and at each change of the key: which one is sealed to; null: none */
  registryChanged(state: RegistryState, keyId: string | null): void;
}

/** A reading's moment: monotonic milliseconds of the reading, wall milliseconds of now. */
export interface Moment {
  readonly takenMs: number;
  readonly wallMs: number;
}

export interface EvidenceDesk {
  scan(text: string, at: ScanMoment): DocumentEvidence | RefusedEvidence;
  card(card: CardText, at: Moment): CardEvidence | RefusedEvidence;
  /** A card is there that cannot be read: the one before it is no longer the one on the reader. */
  unreadableCard(takenMs: number): RefusedEvidence;
  /** Returns evidence as long as the last samples are a stable reading, else null. */
  temperature(sample: TemperatureSample, wallMs: number): TemperatureEvidence | null;
  /** Returns what the core is told of what the guard has entered, or why it is not taken. */
  details(input: DetailsInput, at: Moment): DetailsEvidence | readonly DetailProblem[];
  /** After each step of the core: what belongs to no open attempt is forgotten. */
  attemptIs(attempt: Pick<Attempt, 'startedMs'> | null): void;
  /** The sealed parts that these records name. */
  readonly beside: PartKeeper['beside'];
  /** Looks whose key is sealed to, as every sealing does: a key's `notBefore` passes by itself. */
  checkRegistry(wallMs: number): void;
  /** Goes by these from now on: nobody is at the gate. The peppers are those of the start. */
  use(next: Pick<DeskOptions, 'settings' | 'verifier'>): void;
  /** Forgets the card and all that was shown. */
  forget(): void;
}

/** @returns a desk on which nothing lies */
export function evidenceDesk(options: DeskOptions): EvidenceDesk {
  const { scheduler, random, ticketsSeen } = options;
  let { settings, verifier } = options;
  const keeper = cardKeeper({ peppers: verifier.peppers, scheduler });
  const parts = partKeeper();
  let collect = collectTemperature(settings.policy.settings);
  let attemptMs: number | null = null;
  /** for the next record of a fever in this attempt; readings come ten a second */
  let feverSealer: { readonly key: Uint8Array; readonly seal: Seal } | null = null;
  let registry: { readonly state: RegistryState; readonly raw: Uint8Array | null } | null = null;

  const findKey = (wallMs: number): Uint8Array | null => {
    const key = registryKey(verifier.trust.registry, wallMs / 1000);
    const raw = key.state === 'none' ? null : key.raw;
    const isSame = registry?.state === key.state && registry.raw === raw;
    if (!isSame) options.registryChanged(key.state, raw === null ? null : registryKeyId(raw));
    registry = { state: key.state, raw };
    return raw;
  };
  const sealOnce = (source: PartSource, contents: JsonValue, wallMs: number): string | null => {
    const key = findKey(wallMs);
    const part = key === null ? null : sealer(key, random)(contents);
    return part === null ? null : parts.add(source, part);
  };
  const sealFever = (contents: JsonValue, wallMs: number): string | null => {
    const key = findKey(wallMs);
    if (key === null) return null;
    if (feverSealer?.key !== key) feverSealer = { key, seal: sealer(key, random) };
    const part = feverSealer.seal(contents);
    return part === null ? null : parts.add('temperature', part);
  };

  return {
    scan: (text, at) => scanEvidence(text, at, verifier, { cards: keeper, ticketsSeen }),
    card: (card, at) =>
      cardEvidence(card, { ...at, utcOffsetMinutes: settings.utcOffsetMinutes }, verifier, {
        keeper,
        seal: (contents) => sealOnce('card', contents, at.wallMs),
      }),
    unreadableCard(takenMs) {
      keeper.forgetCard();
      return { type: 'refused', reason: 'card-unreadable', kind: null, id: null, takenMs };
    },
    temperature(sample, wallMs) {
      const evidence = collect(sample);
      // Without an attempt it counts for nobody, so there is nothing to keep of it.
      if (evidence === null || attemptMs === null) return evidence;
      if (evidence.bodyCentidegrees < settings.policy.settings.feverCentidegrees) return evidence;
      const { type, fromMs, takenMs, ...values } = evidence;
      const ref = sealFever({ type, ...values }, wallMs);
      return ref === null ? evidence : { ...evidence, ref };
    },
    details: (input, { takenMs, wallMs }) =>
      detailsEvidence(input, takenMs, {
        peppers: verifier.peppers,
        seal: (contents) => sealOnce('details', contents, wallMs),
      }),
    attemptIs(attempt) {
      const startedMs = attempt?.startedMs ?? null;
      if (startedMs !== attemptMs) feverSealer = null;
      attemptMs = startedMs;
      keeper.forget(attempt?.startedMs);
    },
    beside(records) {
      const found = parts.beside(records);
      // One key pair for one record.
      if (found.sealed.length > 0) feverSealer = null;
      return found;
    },
    checkRegistry: (wallMs) => void findKey(wallMs),
    use(next) {
      if (next.settings.policy !== settings.policy)
        collect = collectTemperature(next.settings.policy.settings);
      ({ settings, verifier } = next);
    },
    forget: () => keeper.forget(),
  };
}
