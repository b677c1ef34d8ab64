import { describe, expect, it } from 'vitest';
import type { Reason } from '../../../config/vocabulary.js';
import { projectView } from '../../../kiosk/screen/project.js';
import type { ScreenView } from '../../../kiosk/screen/view.js';
import {
  card,
  certificate,
  code,
  externalForm,
  form,
  Hands,
  pass,
  startWallMs,
  ticket,
} from '../core/hands.js';

const healthy = 3_652;
const feverish = 3_877;

const viewOf = (gate: Hands): ScreenView => projectView(gate.state, gate.now);
const marks = ({ checklist }: ScreenView) => checklist.map(({ id, state }) => `${id} ${state}`);

describe('see the guard', () => {
  const scenes: Readonly<Record<string, (gate: Hands) => void>> = {
    fever(gate) {
      gate.show(form('a'));
      gate.show(code('a'));
      gate.measure(feverish);
    },
    isolation(gate) {
      const until = new Date(startWallMs + 86_400_000).toISOString();
      const at = new Date(startWallMs).toISOString();
      gate.give({ type: 'known', entries: [{ type: 'isolation', key: 'a', until, at }] });
      gate.show(form('a'));
    },
    student: (gate) => void gate.show(code('a', 'student')),
    'back from outside'(gate) {
      gate.show(pass('home'));
      gate.show(ticket('home'));
      gate.measure(healthy);
    },
    'a paper that does not serve': (gate) => void gate.refuse('expired'),
    'somebody whom no paper names'(gate) {
      gate.lay(card('c'));
      gate.show(certificate());
      gate.show(pass('home'));
      gate.measure(healthy);
    },
  };
  const seen = Object.entries(scenes).map(([name, play]) => {
    // On the way out every refusal is a referral; a return is one on the way in.
    const isReturn = name === 'back from outside' || name === 'somebody whom no paper names';
    const gate = new Hands({ direction: isReturn ? 'in' : 'out' });
    play(gate);
    const { toneSerial: _serial, direction: _direction, ...look } = viewOf(gate);
    return [name, gate, look] as const;
  });

  it.each(seen)('looks and sounds the same: %s', (_name, gate, look) => {
    expect(gate.state.attempt?.standing.type).toMatch(/referred|held/);
    expect(look).toEqual({
      mode: 'see-guard',
      headline: 'see-guard',
      nextStep: null,
      checklist: [],
      temperature: null,
      masked: null,
      tone: 'see-guard',
    });
  });

  it('for reasons that are told in the booth, and there they differ', () => {
    const reasons = seen.map(([, gate]) => {
      const standing = gate.state.attempt?.standing;
      return standing === undefined || standing.type === 'collecting' ? '' : standing.reasons[0];
    });
    expect(new Set(reasons).size).toBe(reasons.length);
  });
});

describe('the next step', () => {
  it('follows the checklist, which grows with each paper', () => {
    const gate = new Hands();
    expect(viewOf(gate)).toMatchObject({ mode: 'idle', nextStep: { step: 'show-code-or-card' } });
    gate.show(form('a'));
    expect(viewOf(gate)).toMatchObject({
      headline: 'scan',
      nextStep: { step: 'show-paper', hint: 'scan', paper: { en: 'Campus card code' } },
      tone: 'accepted',
    });
    expect(marks(viewOf(gate))).toEqual(['form done', 'code next', 'temperature missing']);
    const before = viewOf(gate).toneSerial;
    gate.show(code('a'));
    expect(viewOf(gate)).toMatchObject({ headline: 'wrist', nextStep: { step: 'measure' } });
    expect(viewOf(gate).toneSerial).toBeGreaterThan(before);
    gate.measure(healthy);
    expect(viewOf(gate)).toMatchObject({ mode: 'wait', headline: 'wait' });
    gate.commit();
    expect(viewOf(gate)).toMatchObject({
      mode: 'go',
      nextStep: { step: 'walk', hint: 'walk' },
      temperature: { celsius: '36.5' },
      tone: 'go',
    });
    gate.pass();
    expect(viewOf(gate)).toMatchObject({ mode: 'idle', headline: 'passed', masked: null });
  });

  it('an ID card is laid, and not scanned', () => {
    const gate = new Hands();
    gate.show(externalForm('research'));
    expect(viewOf(gate)).toMatchObject({ headline: 'card', nextStep: { hint: 'card' } });
  });

  it.each([
    ['too-cold', 3_412, {}, 'warm', 'too-cold'],
    ['too-hot', 4_310, {}, 'again', 'too-hot'],
    ['ambient', healthy, { ambientCentidegrees: -500 }, 'unmeasured', 'ambient'],
  ] as const)('a wrist held out comes first: %s', (_name, body, change, headline, step) => {
    const gate = new Hands();
    gate.show(form('a'));
    gate.measure(body, change);
    expect(viewOf(gate)).toMatchObject({ mode: 'collecting', headline, nextStep: { step } });
    expect(marks(viewOf(gate))).toEqual(['form done', 'code missing', 'temperature next']);
  });

  it('a code that is none of ours is told apart from one that does not serve', () => {
    const gate = new Hands();
    gate.refuse('bad-prefix');
    expect(viewOf(gate)).toMatchObject({ mode: 'refused', headline: 'unknown', tone: 'refused' });
    gate.refuse('expired');
    expect(viewOf(gate)).toMatchObject({
      headline: 'refused',
      nextStep: { step: 'expired', hint: 'office' },
    });
  });

  it('who fits no rule reads what the policy says to them', () => {
    const gate = new Hands();
    const verdict = { type: 'refused', reasons: ['no-rule' as Reason], untilMs: 1e9 } as const;
    const { nextStep } = gate.state.settings.policy.otherwise;
    expect(projectView({ ...gate.state, verdict }, gate.now).nextStep).toEqual({
      step: null,
      phrase: nextStep,
      hint: 'guard',
    });
    const other = { ...verdict, reasons: ['wrong-holder' as Reason] };
    expect(projectView({ ...gate.state, verdict: other }, gate.now).nextStep).toEqual({
      step: 'ask-guard',
      hint: 'guard',
    });
  });

  it.each([
    ['thermometer', 'no-thermometer'],
    ['id-card-reader', 'no-card-reader'],
    ['turnstile', 'no-turnstile'],
  ] as const)('nobody finds out at the end that the %s has failed', (device, step) => {
    const gate = new Hands();
    gate.give({ type: 'device', device, status: 'lost', why: 'test' });
    expect(viewOf(gate)).toMatchObject({ mode: 'idle', nextStep: { step, hint: 'guard' } });
  });

  it('without scanner or relay the lane is out of service', () => {
    const gate = new Hands();
    gate.give({ type: 'device', device: 'scanner', status: 'lost', why: 'test' });
    expect(viewOf(gate)).toMatchObject({
      mode: 'out-of-service',
      nextStep: { step: 'other-gate', hint: 'lane' },
    });
  });

  it('who is complete behind somebody in the arm waits', () => {
    const gate = new Hands();
    const isArmTurning = true;
    gate.state = { ...gate.state, isArmTurning };
    gate.show(form('a'));
    gate.show(code('a'));
    gate.measure(healthy);
    expect(viewOf(gate)).toMatchObject({ mode: 'collecting', headline: 'wait', nextStep: null });
  });

  it('emergency and lockdown have words and steps of their own', () => {
    const gate = new Hands();
    gate.press('emergency');
    expect(viewOf(gate)).toMatchObject({ mode: 'emergency', tone: 'siren' });
    const closed = new Hands();
    closed.press('lockdown');
    expect(viewOf(closed)).toMatchObject({
      mode: 'lockdown',
      tone: 'none',
      nextStep: { step: 'wait-outside' },
    });
  });
});
