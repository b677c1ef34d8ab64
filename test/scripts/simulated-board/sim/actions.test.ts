import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Action,
  actionLimits,
  parseAction,
} from '../../../../scripts/simulated-board/sim/actions.js';

/** One of each kind. */
const good: readonly Action[] = [
  { action: 'scan', paper: 'duty-staff/form' },
  { action: 'scan-text', text: 'GK1:' },
  { action: 'lay-card', person: 'resident' },
  { action: 'take-card' },
  { action: 'wrist', celsius: 36.5 },
  { action: 'weather', outside: -20, indoors: 18 },
  { action: 'press', button: 'next', down: true },
  { action: 'cover', button: 'emergency', lifted: true },
  { action: 'badge' },
  { action: 'walk', how: 'two' },
  { action: 'leave' },
  { action: 'cable', device: 'scanner', whole: false },
  { action: 'disk', state: 'disk-full' },
  { action: 'broker', state: 'wiped' },
  { action: 'clock-jump', seconds: -3_600 },
  { action: 'clock-state', state: 'floor' },
  { action: 'time-skip', seconds: 600 },
  { action: 'fire', on: true },
  { action: 'power', on: false },
  { action: 'acknowledge', kiosk: 'sim-in', notice: '12-guard', party: 'guard' },
  { action: 'new-people' },
  { action: 'mend' },
];

describe('an action at /sim', () => {
  it.each(good.map((action) => [action.action, action]))('%s is read as it is', (_, action) => {
    expect(parseAction(JSON.parse(JSON.stringify(action)))).toEqual(action);
  });

  it.each(good.map((action) => [action.action, action]))(
    '%s with a member too many, or one too few or of another type, is none',
    (_, action) => {
      expect(parseAction({ ...action, more: 1 })).toBeNull();
      for (const name of Object.keys(action)) {
        const { [name as keyof Action]: _left, ...rest } = action;
        expect(parseAction(rest)).toBeNull();
        expect(parseAction({ ...rest, [name]: null })).toBeNull();
        expect(parseAction({ ...rest, [name]: [] })).toBeNull();
        expect(parseAction({ ...rest, [name]: {} })).toBeNull();
      }
    },
  );

  it('numbers, texts and words have limits', () => {
    const { textCharactersMax, wordCharactersMax, bodyCelsius, jumpSeconds, skipSeconds } =
      actionLimits;
    const longest = { action: 'scan-text', text: 'A'.repeat(textCharactersMax) };
    expect(parseAction(longest)).toEqual(longest);
    for (const bad of [
      { action: 'scan-text', text: '' },
      { action: 'scan-text', text: `${longest.text}A` },
      { action: 'scan', paper: 'a'.repeat(wordCharactersMax + 1) },
      { action: 'wrist', celsius: bodyCelsius.max + 0.1 },
      { action: 'wrist', celsius: Number.NaN },
      { action: 'clock-jump', seconds: jumpSeconds.min - 1 },
      { action: 'clock-jump', seconds: 0.5 },
      { action: 'time-skip', seconds: skipSeconds.max + 1 },
      { action: 'time-skip', seconds: 0 },
      { action: 'press', button: 'self-destruct', down: true },
    ])
      expect(parseAction(bad)).toBeNull();
  });

  it('whatever is sent, nothing but an action comes out, and nothing is thrown', () => {
    const named = fc.record({ action: fc.constantFrom(...good.map(({ action }) => action)) });
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.object(), named), (value) => {
        const action = parseAction(value);
        if (action === null) return;
        expect(value).toEqual(action);
        expect(Object.keys(action).sort()).toEqual(
          Object.keys(good.find((one) => one.action === action.action) ?? {}).sort(),
        );
      }),
    );
    expect(parseAction({ action: 'constructor' })).toBeNull();
    expect(parseAction({ action: '__proto__' })).toBeNull();
  });
});
