import { describe, expect, test } from 'vitest';
import { projectBooth } from '../../../kiosk/booth/project.js';
import { card, certificate, code, externalForm, form, Hands, pass, ticket } from '../core/hands.js';

const seen = (gate: Hands) => projectBooth(gate.state, gate.now);

describe('what the guard sees', () => {
  test('who is there, what was shown, what is missing, and why the guard is called', () => {
    const gate = new Hands({ direction: 'out' });
    gate.badge();
    gate.show(pass('h'));
    gate.refuse('expired');
    const { attempt, onDuty } = seen(gate);
    expect(onDuty).toMatchObject({ masked: '20***12' });
    expect(attempt).toMatchObject({
      masked: '20***12',
      standing: 'referred',
      reasons: [{ code: 'expired' }],
      shown: expect.arrayContaining([
        expect.objectContaining({ state: 'accepted' }),
        expect.objectContaining({ state: 'refused' }),
      ]),
    });
    expect(attempt?.missing.map(({ id }) => id)).toContain('ticket');
  });

  test('what CONFIRM means now, where NEXT leads, and when it counts', () => {
    const gate = new Hands();
    gate.badge();
    const paper = externalForm('service');
    gate.show(paper);
    gate.lay(card('n', [paper]));
    expect(seen(gate).prompt).toMatchObject({ index: 1, ready: false });
    gate.wait(1_000);
    expect(seen(gate).prompt).toMatchObject({ index: 1, ready: true });
    gate.press('next');
    const { prompt, walk } = seen(gate);
    expect(prompt).toMatchObject({ index: 2, count: walk.length, ready: false });
    expect(new Set(walk.map(({ text }) => text.zh)).size).toBe(walk.length);
  });

  test('a fever’s exact value is nobody’s to see; a normal one is', () => {
    const gate = new Hands();
    gate.badge();
    gate.show(form('a'));
    gate.measure(3_650);
    expect(seen(gate).attempt?.temperature).toMatchObject({ celsius: '36.5' });
    gate.measure(3_817);
    expect(seen(gate).attempt?.temperature).toMatchObject({ code: 'fever', celsius: null });
    expect(JSON.stringify(seen(gate))).not.toMatch(/3817|38\.1/);
  });

  test('an opening that the disk did not take stands there until it is written', () => {
    const gate = new Hands();
    gate.badge();
    gate.press('open');
    const { lane } = gate.state;
    if (!('grant' in lane)) throw new Error('no grant');
    gate.give({ type: 'append-failed', id: lane.grant.id, why: 'disk-full' });
    expect(seen(gate).unwritten.openings).toHaveLength(1);
  });

  test('no token gets onto the page, whatever the gate is in', () => {
    const gate = new Hands();
    const tokens = ['campus-token', 'card-token', 'home-token', 'guard-token'];
    gate.badge('guard-token');
    const paper = externalForm('service');
    const steps: (() => void)[] = [
      () => gate.show(form('campus-token')),
      () => gate.show(code('campus-token')),
      () => gate.lay(card('card-token')),
      () => gate.show(pass('home-token')),
      () => gate.show(ticket('home-token')),
      () => gate.show(paper),
      () => gate.show(certificate({ boundTo: null })),
      () => gate.measure(3_650),
      () => gate.measure(3_800),
      () => gate.press('next'),
      () => gate.press('refuse'),
      () => gate.press('open'),
      () => gate.press('emergency'),
      () => gate.press('lockdown'),
    ];
    for (const happen of steps) {
      happen();
      const view = JSON.stringify(seen(gate));
      for (const token of tokens) expect(view).not.toContain(token);
    }
  });
});
