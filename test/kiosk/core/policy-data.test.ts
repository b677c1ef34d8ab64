import { describe, expect, test } from 'vitest';
import type { Policy, Rule } from '../../../config/policy.js';
import { code, form, Hands, pass, shippedPolicy, ticket } from './hands.js';

function withRule(id: string, change: (rule: Rule) => Rule): Policy {
  const policy = shippedPolicy();
  return { ...policy, rules: policy.rules.map((rule) => (rule.id === id ? change(rule) : rule)) };
}

describe('the policy is data', () => {
  test('a ticket is spent whatever name the rule gives it', () => {
    const policy = withRule('resident', (rule) => ({
      ...rule,
      requires: JSON.parse(JSON.stringify(rule.requires).replaceAll('"ticket"', '"voucher"')).map(
        (it: { op: string; kind?: string }) => (it.op === 'voucher' ? { ...it, op: 'ticket' } : it),
      ),
    }));
    const gate = new Hands({ direction: 'out', policy });
    const paper = ticket('h');
    gate.show(pass('h'));
    gate.show(paper);
    gate.measure(3650);
    gate.commit();
    gate.pass();
    gate.wait(1_001);
    gate.show(pass('h'));
    gate.show(paper);
    expect(gate.decision()).toBe('refer already-used');
  });

  test('a rule that wants the guard’s look, or a registration, does not open by itself', () => {
    for (const [change, reason] of [
      [{ attended: 'required' }, 'guard-needed'],
      [{ registers: 'yes' }, 'registry-missing'],
    ] as const) {
      const gate = new Hands({
        policy: withRule('duty-staff', (rule) => ({ ...rule, ...change })),
      });
      gate.show(form('a'));
      gate.show(code('a'));
      gate.measure(3650);
      expect(gate.decision()).toBe(`refer ${reason}`);
      expect(gate.state.lane.name).toBe('locked');
    }
  });

  test('a site may refer at its entrance whom it would refuse', () => {
    const policy = shippedPolicy();
    const gate = new Hands({
      policy: { ...policy, otherwise: { ...policy.otherwise, in: 'refer' } },
    });
    gate.refuse('expired');
    expect(gate.decision()).toBe('refer expired');
    gate.wait(600_001);
    gate.show(form('a'));
    gate.wait(30_001);
    expect(gate.decision()).toBe('refer incomplete');
  });

  test('a stop that a policy does not have is no broken law', () => {
    const policy = withRule('duty-staff', (rule) => ({
      ...rule,
      requires: rule.requires.map((it) =>
        it.op === 'document' && it.as === 'code' ? { ...it, variant: 'student' } : it,
      ),
    }));
    const gate = new Hands({ policy: { ...policy, stops: [] } });
    gate.show(form('a'));
    gate.show(code('a', 'student'));
    gate.measure(3650);
    expect(gate.decision()).toBe('grant duty-staff');
  });
});
