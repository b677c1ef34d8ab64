/** A gate in the test's hands: drives `step` in virtual time and asserts the laws after each step. */
import { readFileSync } from 'node:fs';
import type { Policy } from '../../../config/policy.js';
import { loadPolicy } from '../../../config/policy-schema.js';
import type { Direction, KnownEntry, Now, ZoneKind } from '../../../config/vocabulary.js';
import type { DocumentEvidence, TemperatureEvidence } from '../../../kiosk/core/evidence.js';
import { findBrokenLaw } from '../../../kiosk/core/invariants.js';
import type { Effect, Input } from '../../../kiosk/core/messages.js';
import { type GateSettings, type GateState, initialState } from '../../../kiosk/core/state.js';
import { step } from '../../../kiosk/core/step.js';
import type { RecordDraft } from '../../../kiosk/journal/port.js';

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
    pulseMs: 300,
    hasPassageSensor: true,
    ...change,
  };
}

export class Hands {
  state: GateState;
  now: Now = { monotonicMs: 1_000, wallMs: startWallMs, clock: 'synced' };
  readonly effects: Effect[] = [];
  readonly records: RecordDraft[] = [];
  private serial = 0;

  constructor(change: Partial<GateSettings> & { direction?: Direction; zoneKind?: ZoneKind } = {}) {
    this.state = initialState(settings(change), this.now);
    this.give({ type: 'boot', uses: [], endedCleanly: true, version: 'test' });
    for (const device of ['scanner', 'thermometer', 'turnstile', 'panel', 'relay'] as const)
      this.give({ type: 'device', device, status: 'ok', why: 'test' });
  }

  /** One input; the effects of this step are returned, all are kept. */
  give(input: Input): readonly Effect[] {
    const before = this.state;
    const { state, effects } = step(before, input, this.now);
    const broken = findBrokenLaw({ before, input, after: state, effects, now: this.now });
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

  refuse(reason: 'expired' | 'revoked' | 'bad-prefix'): readonly Effect[] {
    const takenMs = this.now.monotonicMs;
    return this.give({
      type: 'evidence',
      evidence: { type: 'refused', reason, kind: null, id: null, takenMs },
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
    identity: null,
    masked: '20***12',
    zones: null,
    day: null,
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
