/** The law that the guard is named: each way in which a command from afar could open without it, seen to be found. */
import { describe, expect, test } from 'vitest';
import type { CommandName } from '../../../config/vocabulary.js';
import { findBrokenLaw } from '../../../kiosk/core/laws/invariants.js';
import { guardIsNamed } from '../../../kiosk/core/laws/law-guard.js';
import type { Observed } from '../../../kiosk/core/laws/observed.js';
import type { Input } from '../../../kiosk/core/messages.js';
import type { GateSettings } from '../../../kiosk/core/settings.js';
import type { GateState } from '../../../kiosk/core/state.js';
import { step } from '../../../kiosk/core/step.js';
import { Hands } from './hands.js';

const asked = (name: CommandName = 'open'): Input => ({
  ...{ type: 'command', name, id: 'c1', admins: ['ann'] },
});

/** An open from afar as it should be, looked at from outside. */
function opened(): Observed {
  const gate = new Hands({ mayOpenFromAfar: true });
  gate.badge();
  const { state: before, now } = gate;
  const { state: after, effects } = step(before, asked(), now);
  expect(after.lane.name).toBe('committing');
  return { before, input: asked(), after, effects, now, raw: now };
}

const allowed = (state: GateState, mayOpenFromAfar: boolean): GateState => ({
  ...state,
  settings: { ...state.settings, mayOpenFromAfar },
});

describe('what opens on a command', () => {
  test('the open of an admin, at a gate that allows it, for the guard on duty, breaks nothing', () => {
    expect(guardIsNamed(opened())).toBeNull();
  });

  test.each<readonly [string, (good: Observed) => Observed, string]>([
    [
      'at a gate that does not allow it',
      (good) => ({ ...good, before: allowed(good.before, false) }),
      'opened on command',
    ],
    [
      'another command than open',
      (good) => ({ ...good, input: asked('release') }),
      'opened on command',
    ],
    [
      'with nobody on duty',
      (good) => ({ ...good, after: { ...good.after, duty: null } }),
      'opened by nobody on duty',
    ],
    [
      'in the name of another guard',
      (good) => {
        const { duty } = good.after;
        if (duty === null) throw new Error('nobody is on duty');
        return { ...good, after: { ...good.after, duty: { ...duty, guard: 'g9' } } };
      },
      'opened by nobody on duty',
    ],
  ])('%s breaks the law', (_, spoil, detail) => {
    expect(guardIsNamed(spoil(opened()))).toBe(detail);
  });
});

test('a core that forgets to ask whether a gate may be opened from afar is caught in the step', () => {
  const gate = new Hands({ mayOpenFromAfar: false });
  gate.badge();
  const { state: before, now } = gate;
  const settings: GateSettings = before.settings;
  const careless = step(allowed(before, true), asked(), now);
  const after = { ...careless.state, settings };
  expect(after.lane.name).toBe('committing');
  const { effects } = careless;
  expect(findBrokenLaw({ before, input: asked(), after, effects, now })).toEqual({
    ...{ law: 'guard-is-named', detail: 'opened on command' },
  });
});
