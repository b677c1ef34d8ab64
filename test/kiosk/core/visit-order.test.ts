/** A visitor and the host (八): who is who, and in which order, whatever is shown again. */
import { describe, expect, test } from 'vitest';
import type { DocumentEvidence } from '../../../kiosk/core/evidence.js';
import { findUse } from '../../../kiosk/core/known/known.js';
import { card, code, filing, form, Hands } from './hands.js';

const healthy = 3_650;

function visitor(gate: Hands): {
  readonly paper: DocumentEvidence;
  readonly host: DocumentEvidence;
} {
  const paper = filing('host');
  gate.show(paper);
  gate.lay(card('v', [paper]));
  return { paper, host: code('host') };
}

describe('a host’s code', () => {
  test('shown before the temperature counts when the same one is shown after it', () => {
    const gate = new Hands();
    const { host } = visitor(gate);
    gate.show(host);
    gate.measure(healthy);
    expect(gate.state.lane.name).toBe('locked');
    expect(findUse(gate.state.known, 'code', host.id)).toBeNull();
    gate.show(host);
    expect(gate.decision()).toBe('grant hosted-visitor');
    expect(findUse(gate.state.known, 'code', host.id)?.state).toBe('spent');
  });

  test('comes after the temperature, though the visitor’s card was laid on again in between', () => {
    const gate = new Hands();
    const { paper, host } = visitor(gate);
    gate.measure(healthy);
    gate.lay(card('v', [paper]));
    gate.show(host);
    expect(gate.decision()).toBe('grant hosted-visitor');
  });

  test('before the filing is the host’s all the same: a visitor’s fever is the visitor’s', () => {
    const gate = new Hands();
    const host = code('host');
    gate.show(host);
    gate.measure(healthy);
    visitor(gate);
    // What was measured of the host does not count for the visitor.
    expect(gate.state.attempt?.temperature).toBeNull();
    gate.measure(3_810);
    expect(gate.state.fevers.map(({ people }) => people)).toEqual([['id-number:v']]);
    gate.press('refuse');
    gate.show(form('host'));
    expect(gate.state.attempt?.standing.type).toBe('collecting');
  });

  test('before the filing lets the visitor in when it is shown again at the end', () => {
    const gate = new Hands();
    const host = code('host');
    gate.show(host);
    visitor(gate);
    expect(gate.state.attempt).toMatchObject({ masked: '23****12' });
    gate.measure(healthy);
    gate.show(host);
    expect(gate.decision()).toBe('grant hosted-visitor');
    expect(gate.records.findLast(({ type }) => type === 'decision')).toMatchObject({
      identities: [{ space: 'id-number', token: 'v' }],
    });
  });

  test('and the host’s own form make the host the person, with a filing or without', () => {
    const gate = new Hands();
    gate.show(form('host'));
    gate.show(code('host'));
    gate.show(filing('host'));
    expect(gate.state.attempt?.identities).toMatchObject({ 'campus-id': { token: 'host' } });
  });
});
