import { describe, expect, test } from 'vitest';
import type { SignalState } from '../../drivers/signals/patterns.js';
import { type GateState, initialState } from '../../kiosk/core/state.js';
import { signalsOf } from '../../kiosk/signals.js';
import { code, form, Hands, settings } from './core/hands.js';

const now = { monotonicMs: 0, wallMs: 0, clock: 'synced' } as const;
const sound = { scanner: 'ok', thermometer: 'ok', turnstile: 'ok', relay: 'ok' } as const;
const idle: GateState = { ...initialState(settings(), now), devices: sound };
const hands = new Hands();
hands.show(form('a'));
const { attempt } = hands.state;
if (attempt === null) throw new Error('no attempt');

type Change = Partial<GateState>;
const referred: Change = {
  attempt: { ...attempt, standing: { type: 'referred', reasons: ['expired'], firm: false } },
};
const held: Change = {
  attempt: { ...attempt, standing: { type: 'held', reasons: ['student'], calledMs: null } },
};
const collecting: Change = { attempt };
const alarms = (acknowledged: boolean, ...codes: string[]): Change => ({
  alarms: codes.map((name) => ({ code: name, since: '', acknowledged, count: 1 })),
});
const emergency: Change = { emergencyUntilMs: 1, releaseUntilMs: 1 };
const fire: Change = { fire: true, releaseUntilMs: 1 };

/** `normal attention fault lockdown buzzer`. */
function drawn({ lamps, buzzer }: SignalState): string {
  return [lamps.normal, lamps.attention, lamps.fault, lamps.lockdown, buzzer].join(' ');
}

describe('lamps and buzzer', () => {
  test.each<[string, Change[], string]>([
    ['an idle gate', [], 'on off off off silent'],
    ['a gate whose parts have not reported', [{ devices: {} }], 'off off off off silent'],
    ['somebody who shows papers', [collecting], 'on off off off silent'],
    ['somebody who is to see the guard', [referred], 'on fast off off attention'],
    // Nobody who stands by hears that it is a student.
    ['a stop that is held', [held], 'on fast off off attention'],
    ['an alarm', [alarms(false, 'forced')], 'on fast off off alarm'],
    ['an alarm that somebody knows of', [alarms(true, 'forced')], 'on on off off silent'],
    [
      'a part lost',
      [{ devices: { ...sound, thermometer: 'lost' } }, alarms(false, 'device-thermometer')],
      'on off slow off alarm',
    ],
    [
      'a part lost, as known',
      [{ devices: { ...sound, thermometer: 'lost' } }, alarms(true, 'device-thermometer')],
      'on off on off silent',
    ],
    [
      'a part that is ill',
      [{ devices: { ...sound, 'id-card-reader': 'degraded' } }],
      'on off on off silent',
    ],
    [
      'a gate without its scanner',
      [{ devices: { ...sound, scanner: 'lost' } }],
      'off off on off silent',
    ],
    ['a disk that fails', [alarms(false, 'disk-failed')], 'on off slow off alarm'],
    [
      'configuration that nobody has signed who may',
      [alarms(false, 'configuration-forged')],
      'on off slow off alarm',
    ],
    ['a certificate that ends', [alarms(true, 'certificate-expiring')], 'on off on off silent'],
    [
      'configuration that is stale, as known',
      [alarms(true, 'configuration-stale')],
      'on off on off silent',
    ],
    ['LOCKDOWN', [{ lockdown: true }], 'off off off on silent'],
    [
      'LOCKDOWN, as news',
      [{ lockdown: true }, alarms(false, 'lockdown')],
      'off fast off fast alarm',
    ],
    [
      'LOCKDOWN on a way out, which it does not stop',
      [{ lockdown: true, settings: settings({ direction: 'out' }) }],
      'on off off off silent',
    ],
    ['EMERGENCY', [emergency, alarms(false, 'emergency')], 'off fast off off siren'],
    ['EMERGENCY, as known', [emergency, alarms(true, 'emergency')], 'off on off off siren'],
    ['a fire', [fire, alarms(false, 'fire')], 'off fast off off siren'],
    ['a fire, as known', [fire, alarms(true, 'fire')], 'off on off off silent'],
  ])('of %s', (_name, changes, expected) => {
    const state = Object.assign({}, idle, ...changes) as GateState;
    expect(drawn(signalsOf(state, now))).toBe(expected);
  });

  test.each<[string, Change[], string]>([
    ['EMERGENCY before a held stop', [held, emergency], 'siren'],
    ['a fire before an alarm and a held stop', [held, alarms(false, 'forced'), fire], 'siren'],
    ['EMERGENCY before a fire that is known', [fire, alarms(true, 'fire'), emergency], 'siren'],
    ['a held stop before an alarm that is known', [held, alarms(true, 'forced')], 'attention'],
    ['an alarm before a referral', [referred, alarms(false, 'tailgate')], 'alarm'],
    ['a referral before an alarm that is known', [referred, alarms(true, 'forced')], 'attention'],
    ['a referral under a fire that is known', [referred, fire, alarms(true, 'fire')], 'attention'],
  ])('%s', (_name, changes, expected) => {
    const state = Object.assign({}, idle, ...changes) as GateState;
    expect(signalsOf(state, now).buzzer).toBe(expected);
  });

  test.each([
    ['synced', 'off'],
    ['holdover', 'off'],
    ['floor', 'on'],
    ['conflict', 'on'],
  ] as const)('a clock that is %s shows as a fault: %s', (clock, expected) => {
    expect(signalsOf(idle, { ...now, clock }).lamps.fault).toBe(expected);
  });

  test('every referral sounds alike, whatever its reasons', () => {
    const reasons = ['expired', 'fever', 'isolation', 'exit-unknown', 'disk-failed'] as const;
    const seen = reasons.map((reason) => {
      const standing = { type: 'referred', reasons: [reason], firm: true } as const;
      return drawn(signalsOf({ ...idle, attempt: { ...attempt, standing } }, now));
    });
    expect(new Set(seen)).toEqual(new Set(['on fast off off attention']));
  });
});

describe('a refused exit calls the guard in the step that refuses it', () => {
  const out = () => new Hands({ direction: 'out' });
  const heard = ({ state, now: moment }: Hands): string => signalsOf(state, moment).buzzer;

  test('a paper that has expired', () => {
    const gate = out();
    gate.refuse('expired');
    expect(heard(gate)).toBe('attention');
  });
  test('a code from another world', () => {
    const gate = out();
    gate.refuse('bad-prefix');
    expect(heard(gate)).toBe('attention');
  });
  test('a fever', () => {
    const gate = out();
    gate.show(form('a'));
    gate.measure(3_810);
    expect(heard(gate)).toBe('attention');
  });
  test('a student', () => {
    const gate = out();
    gate.show(code('s', 'student'));
    expect(heard(gate)).toBe('attention');
  });
  test('nobody is called for somebody who is granted', () => {
    const gate = out();
    gate.show(form('a'));
    gate.show(code('a'));
    gate.measure(3_650);
    gate.commit();
    expect(heard(gate)).toBe('silent');
  });
});
