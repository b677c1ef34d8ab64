/** A gate in the test's hands: drives `step` in virtual time and asserts the laws after each step. */
import { readFileSync } from 'node:fs';
import type { Policy } from '../../../config/policy.js';
import { loadPolicy } from '../../../config/policy-schema.js';
import type {
  CredentialKind,
  CredentialReason,
  DetailField,
  Direction,
  KnownEntry,
  Now,
  PanelButton,
  ZoneKind,
} from '../../../config/vocabulary.js';
import type {
  CardEvidence,
  DetailsEvidence,
  DocumentEvidence,
  TemperatureEvidence,
} from '../../../kiosk/core/evidence.js';
import { findBrokenLaw, findLateBrokenLaw } from '../../../kiosk/core/laws/invariants.js';
import type { Effect, Input } from '../../../kiosk/core/messages.js';
import type { GateSettings } from '../../../kiosk/core/settings.js';
import { type GateState, initialState } from '../../../kiosk/core/state.js';
import { step } from '../../../kiosk/core/step.js';
import type { RecordDraft } from '../../../kiosk/journal/port.js';
import { nothingStands } from '../../../kiosk/journal/port.js';

export const startWallMs = Date.parse('2020-02-12T09:00:00+08:00');
export const today = Math.floor((startWallMs / 1000 + 8 * 3600) / 86_400);

export function shippedPolicy(): Policy {
  const file = new URL('../../../config/policy/notice-8.json', import.meta.url);
  const loaded = loadPolicy(JSON.parse(readFileSync(file, 'utf8')));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.policy;
}

export function settings(change: Partial<GateSettings> = {}): GateSettings {
  return {
    site: 'hit',
    kiosk: 'gate-1',
    zone: { name: 'main-gate', kind: 'campus-gate' },
    direction: 'in',
    utcOffsetMinutes: 480,
    policy: shippedPolicy(),
    policyHash: '00'.repeat(32),
    configurationHash: '0c'.repeat(32),
    turnstileMode: 'pulse',
    hasRelease: true,
    pulseMs: 300,
    hasPassageSensor: true,
    mayOpenFromAfar: false,
    ...change,
  };
}

/** Every device that a rule may need. */
export const allDevices = [
  'scanner',
  'thermometer',
  'id-card-reader',
  'turnstile',
  'panel',
  'relay',
] as const;

export class Hands {
  state: GateState;
  now: Now = { monotonicMs: 1_000, wallMs: startWallMs, clock: 'synced' };
  readonly effects: Effect[] = [];
  readonly records: RecordDraft[] = [];
  private serial = 0;

  constructor(change: Partial<GateSettings> & { direction?: Direction; zoneKind?: ZoneKind } = {}) {
    this.state = initialState(settings(change), this.now);
    this.give({
      type: 'boot',
      uses: [],
      endedCleanly: true,
      reason: 'stopped',
      version: 'test',
      standing: nothingStands,
    });
    for (const device of allDevices)
      this.give({ type: 'device', device, status: 'ok', why: 'test' });
    this.give({ type: 'registry', key: 'current', keyId: '00' });
    this.give({ type: 'others', reachable: true });
  }

  /** One input; the effects of this step are returned, all are kept. */
  give(input: Input): readonly Effect[] {
    const before = this.state;
    const { state, effects } = step(before, input, this.now);
    const seen = { before, input, after: state, effects, now: this.now };
    const broken = findBrokenLaw(seen) ?? findLateBrokenLaw(seen);
    if (broken !== null) throw new Error(`${broken.law}: ${broken.detail}`);
    this.state = state;
    this.effects.push(...effects);
    for (const effect of effects)
      if (effect.type === 'append') this.records.push(...effect.records);
    return effects;
  }

  wait(ms: number): void {
    this.now = {
      ...this.now,
      monotonicMs: this.now.monotonicMs + ms,
      wallMs: this.now.wallMs + ms,
    };
    this.give({ type: 'timer' });
  }

  show(document: DocumentEvidence): readonly Effect[] {
    this.wait(100);
    return this.give({
      type: 'evidence',
      evidence: { ...document, takenMs: this.now.monotonicMs },
    });
  }

  refuse(reason: CredentialReason, kind: CredentialKind | null = null): readonly Effect[] {
    const takenMs = this.now.monotonicMs;
    const id = kind === null ? null : 'fe'.repeat(16);
    return this.give({
      type: 'evidence',
      evidence: { type: 'refused', reason, kind, id, takenMs },
    });
  }

  /** Three samples over 200 ms. */
  measure(bodyCentidegrees: number, change: Partial<TemperatureEvidence> = {}): readonly Effect[] {
    const fromMs = this.now.monotonicMs + 1;
    this.wait(300);
    return this.give({
      type: 'evidence',
      evidence: {
        type: 'temperature',
        bodyCentidegrees,
        ambientCentidegrees: 2_200,
        compensationCentidegrees: 300,
        sampleCount: 3,
        spreadCentidegrees: 6,
        fromMs,
        takenMs: this.now.monotonicMs,
        ...change,
      },
    });
  }

  /** Lays an ID card on the reader. */
  lay(laid: CardEvidence): readonly Effect[] {
    this.wait(100);
    return this.give({ type: 'evidence', evidence: { ...laid, takenMs: this.now.monotonicMs } });
  }

  /** What the guard types at the booth about an attempt, or about the last emergency. */
  details(
    attempt: number | null,
    fields: readonly DetailField[],
    change: Partial<DetailsEvidence> = {},
  ): void {
    this.give({
      type: 'details',
      details: {
        type: 'details',
        attempt,
        fields,
        ref: 'cd'.repeat(32),
        household: null,
        campusId: null,
        bodyCentidegrees: null,
        takenMs: this.now.monotonicMs,
        ...change,
      },
    });
  }

  press(button: PanelButton): readonly Effect[] {
    this.wait(10);
    const effects = this.give({ type: 'button', button, event: 'pressed' });
    this.wait(100);
    this.give({ type: 'button', button, event: 'released' });
    return effects;
  }

  /** A press that is long enough to be told as one. */
  pressLong(button: PanelButton): void {
    this.wait(10);
    this.give({ type: 'button', button, event: 'pressed' });
    this.wait(1_000);
    this.give({ type: 'button', button, event: 'long' });
    this.wait(50);
    this.give({ type: 'button', button, event: 'released' });
  }

  /** A guard goes on duty: the badge, with NEXT held. */
  badge(guardId = 'g1'): void {
    this.give({ type: 'button', button: 'next', event: 'pressed' });
    this.show(badge(guardId));
    this.give({ type: 'button', button: 'next', event: 'released' });
    if (this.state.duty?.guard !== guardId) throw new Error('the badge does not count');
  }

  /** What CONFIRM means now, without the attempt's serial. */
  meaning(): string {
    return this.state.prompt?.id.replace(/^[^/]*\//, '') ?? 'nothing';
  }

  /** NEXT until CONFIRM means this, a second's look, CONFIRM. */
  confirm(meaning: string): void {
    for (let presses = 0; this.meaning() !== meaning; presses += 1) {
      if (presses > 40) throw new Error(`CONFIRM never means ${meaning}, but ${this.meaning()}`);
      this.press('next');
    }
    this.wait(1_000);
    this.press('confirm');
  }

  /** The journal answers for the grant that the lane waits for. */
  commit(): readonly Effect[] {
    const { lane } = this.state;
    if (lane.name !== 'committing') throw new Error(`lane is ${lane.name}`);
    this.serial += 10;
    return this.give({ type: 'committed', id: lane.grant.id, lastSeq: this.serial });
  }

  pass(): void {
    this.give({ type: 'passage', phase: 'entered' });
    this.wait(300);
    this.give({ type: 'passage', phase: 'left' });
  }

  /** The last decision's outcome and first reason or rule, e.g. `grant duty-staff`, `deny expired`. */
  decision(): string {
    const record = this.records.findLast(({ type }) => type === 'decision');
    if (record === undefined) return 'none';
    const reasons = record['reasons'] as readonly string[];
    return `${record['outcome']} ${reasons[0] ?? record['rule']}`;
  }

  passage(): unknown {
    return this.records.findLast(({ type }) => type === 'passage')?.['outcome'];
  }

  pulses(): number {
    return this.effects.filter(({ type }) => type === 'relay-pulse').length;
  }

  told(): KnownEntry[] {
    return this.effects.flatMap((effect) => (effect.type === 'tell' ? effect.entries : []));
  }
}

let documentSerial = 0;
function paper(change: Partial<DocumentEvidence>): DocumentEvidence {
  documentSerial += 1;
  const issuedSeconds = Math.floor(startWallMs / 1000) - 60;
  return {
    type: 'document',
    id: documentSerial.toString(16).padStart(32, '0'),
    kind: 'approval-form',
    variant: null,
    purpose: null,
    identity: null,
    host: null,
    unit: null,
    guard: null,
    masked: '20***12',
    zones: null,
    day: null,
    replaces: [],
    issuedSeconds,
    expiresSeconds: issuedSeconds + 86_400,
    takenMs: 0,
    ...change,
  };
}

export function form(campusId: string, change: Partial<DocumentEvidence> = {}): DocumentEvidence {
  return paper({
    variant: 'staff-entry',
    identity: { space: 'campus-id', token: campusId },
    zones: ['*'],
    ...change,
  });
}

export function code(campusId: string, variant: 'staff' | 'student' = 'staff'): DocumentEvidence {
  const { issuedSeconds } = paper({});
  return paper({
    kind: 'campus-card-code',
    variant,
    identity: { space: 'campus-id', token: campusId },
    expiresSeconds: issuedSeconds + 600,
  });
}

export function pass(household: string): DocumentEvidence {
  return paper({
    kind: 'residence-pass',
    identity: { space: 'household', token: household },
  });
}

export function ticket(household: string, day = today): DocumentEvidence {
  return paper({
    kind: 'exit-entry-ticket',
    identity: { space: 'household', token: household },
    day,
    expiresSeconds: Math.floor(startWallMs / 1000) + 3 * 86_400,
  });
}

/** A collaborator's, a service's or a logistics worker's form, naming whoever has this number. */
export function externalForm(
  purpose: 'research' | 'service' | 'logistics',
  change: Partial<DocumentEvidence> = {},
): DocumentEvidence {
  return paper({ variant: 'external-entry', purpose, zones: ['*'], boundTo: null, ...change });
}

export function certificate(change: Partial<DocumentEvidence> = {}): DocumentEvidence {
  return paper({ kind: 'resumption-certificate', masked: null, ...change });
}

export function filing(host: string, change: Partial<DocumentEvidence> = {}): DocumentEvidence {
  return paper({
    kind: 'visit-filing',
    host,
    unit: '总务处',
    zones: ['*'],
    boundTo: null,
    masked: null,
    ...change,
  });
}

export function badge(guardId: string, change: Partial<DocumentEvidence> = {}): DocumentEvidence {
  const { issuedSeconds } = paper({});
  return paper({
    kind: 'guard-badge',
    guard: guardId,
    expiresSeconds: issuedSeconds + 12 * 3_600,
    ...change,
  });
}

/** An ID card; `bound`: the papers shown so far that name its number. */
export function card(
  token: string,
  bound: readonly DocumentEvidence[] = [],
  change: Partial<CardEvidence> = {},
): CardEvidence {
  return {
    type: 'card',
    cardKind: 'resident',
    validToSeconds: null,
    identity: { space: 'id-number', token },
    ref: 'ab'.repeat(32),
    bound: bound.map(({ id }) => id),
    masked: '23****12',
    takenMs: 0,
    ...change,
  };
}
