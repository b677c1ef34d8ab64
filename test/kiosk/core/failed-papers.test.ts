/** A paper that failed in somebody's attempt is replaced by nobody's word, and claims nothing. */
import { describe, expect, test } from 'vitest';
import type { CredentialReason } from '../../../config/vocabulary.js';
import { windowsOf } from '../../../kiosk/core/known/known.js';
import { card, form, Hands, pass, ticket } from './hands.js';

const out = { direction: 'out' as const };
const kind = 'resumption-certificate';

function resident(gate: Hands): void {
  gate.lay(card('x'));
  gate.show({ ...pass('h'), boundTo: 'x' });
}

function offers(gate: Hands): string[] {
  const seen: string[] = [];
  for (let presses = 0; presses < 30; presses += 1) {
    seen.push(gate.meaning());
    gate.press('next');
  }
  return seen;
}

const isOffered = (gate: Hands): boolean => offers(gate).includes(`attest:${kind}`);

function onDuty(direction: 'in' | 'out' = 'out'): Hands {
  const gate = new Hands({ direction });
  gate.badge();
  return gate;
}

describe('a certificate that failed', () => {
  test('before the other papers is not attested with them, in or out', () => {
    for (const direction of ['in', 'out'] as const) {
      const gate = onDuty(direction);
      gate.refuse('revoked', kind);
      resident(gate);
      expect(isOffered(gate)).toBe(false);
    }
  });

  test('is somebody else’s after a silence, or where an attempt has ended since', () => {
    const late = onDuty('in');
    late.refuse('revoked', kind);
    late.wait(30_001);
    resident(late);
    expect(isOffered(late)).toBe(true);
    const other = onDuty('in');
    other.refuse('revoked', kind);
    other.show(form('a'));
    other.press('refuse');
    resident(other);
    expect(isOffered(other)).toBe(true);
  });

  test('is not forgotten for many scans of anything', () => {
    const gate = onDuty();
    resident(gate);
    gate.refuse('revoked', kind);
    for (let scans = 0; scans < 40; scans += 1) {
      gate.wait(50);
      gate.refuse('bad-prefix');
    }
    expect(isOffered(gate)).toBe(false);
    expect(gate.state.attempt?.refusals).toHaveLength(2);
  });

  const unread: readonly CredentialReason[] = [
    'too-long',
    'bad-base45',
    'bad-structure',
    'bad-algorithm',
    'unknown-key',
    'bad-signature',
    'bad-claims',
  ];
  for (const reason of unread)
    test(`may have been the one that failed as ${reason}`, () => {
      const gate = onDuty();
      resident(gate);
      gate.refuse(reason);
      expect(isOffered(gate)).toBe(false);
    });

  test('was not the text that is no paper of ours at all', () => {
    const gate = onDuty();
    resident(gate);
    gate.refuse('bad-prefix');
    expect(isOffered(gate)).toBe(true);
  });
});

test('a ticket made out for too long claims no days of its household', () => {
  const gate = new Hands(out);
  const good = ticket('h');
  gate.show({ ...ticket('h'), expiresSeconds: good.issuedSeconds + 400_000 });
  expect(gate.decision()).toBe('refer lifetime-too-long');
  expect(windowsOf(gate.state.known, 'h')).toEqual([]);
  gate.press('refuse');
  gate.show(pass('h'));
  gate.show(good);
  gate.measure(3_650);
  expect(gate.decision()).toBe('grant resident');
});
