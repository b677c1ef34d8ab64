/** An admin's view of a site: what gates report, which stages a roll-out has, and when a gate has arrived. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseReported, standingOf } from '../../../kiosk/settings/admin/reported.js';
import { parseStages, stageGates, trackGate } from '../../../kiosk/settings/admin/roll-out.js';
import { siteView } from '../../../kiosk/settings/admin/site-view.js';
import { readStepTopic, stepTopic } from '../../../kiosk/settings/admin/step-topics.js';
import { type Channel, channels } from '../../../kiosk/settings/signed/config-step.js';

const sha = (letter: string): string => letter.repeat(64);
const reported = (channel: Channel, seq: number, phase: string, letter = 'a', code = '') =>
  parseReported(
    Buffer.from(JSON.stringify({ [channel]: { seq, sha256: sha(letter), phase, code } })),
  );
const goal = { channel: 'policy' as Channel, seq: 5, sha256: sha('a') };

describe('a report', () => {
  test('of any other form is none, whatever is in it', () => {
    const texts = [
      '',
      '[]',
      '{"policy":7}',
      '{"policy":{"seq":1}}',
      'null',
      '{"policy":{},"policy":{}}',
    ];
    for (const text of texts) expect(parseReported(Buffer.from(text)), text).toBeNull();
    expect(parseReported(Buffer.alloc(20_000, ' '))).toBeNull();
    fc.assert(fc.property(fc.json(), (text) => void parseReported(Buffer.from(text))));
    expect(parseReported(Buffer.from('{}'))?.size).toBe(0);
  });

  test('is where a gate stands with a step: by number and bytes', () => {
    const standing = (...report: Parameters<typeof reported>) =>
      standingOf(goal, reported(...report)).standing;
    expect(standingOf(goal, null).standing).toBe('waiting');
    expect(standing('device', 5, 'confirmed')).toBe('waiting');
    expect(standing('policy', 4, 'confirmed')).toBe('waiting');
    expect(standing('policy', 5, 'probation')).toBe('probation');
    expect(standing('policy', 5, 'confirmed')).toBe('confirmed');
    expect(standingOf(goal, reported('policy', 5, 'confirmed', 'b'))).toMatchObject({
      ...{ standing: 'refused', code: 'equivocation' },
    });
    expect(standing('policy', 6, 'confirmed')).toBe('overtaken');
    expect(standing('policy', 6, 'refused')).toBe('waiting');
    // Who goes by trust 6 went through trust 5.
    const trust = { ...goal, channel: 'trust' as Channel };
    expect(standingOf(trust, reported('trust', 6, 'confirmed')).standing).toBe('confirmed');
  });

  test('of several goals the one that failed decides, then the one that is not reached', () => {
    const goals = [goal, { channel: 'trust' as Channel, seq: 2, sha256: sha('a') }];
    const both = (policy: string, trust: string) => {
      const step = (seq: number, phase: string) => ({ seq, sha256: sha('a'), phase, code: '' });
      const text = JSON.stringify({ policy: step(5, policy), trust: step(2, trust) });
      const tracker = trackGate(goals, null);
      const now = parseReported(Buffer.from(text));
      return [tracker.standing(now).standing, tracker.isOver(now)];
    };
    expect(both('confirmed', 'confirmed')).toEqual(['confirmed', true]);
    expect(both('probation', 'confirmed')).toEqual(['probation', false]);
    expect(both('confirmed', 'refused')).toEqual(['refused', true]);
    expect(both('reverted', 'pending')).toEqual(['reverted', true]);
  });

  test('that refused an earlier try counts from the next change on; what was taken back is for good', () => {
    const before = reported('policy', 5, 'refused', 'a', 'late');
    const tracker = trackGate([goal], before);
    expect(tracker.isOver(before)).toBe(false);
    expect(tracker.standing(reported('policy', 5, 'pending')).standing).toBe('pending');
    expect(tracker.isOver(before)).toBe(true);
    const reverted = reported('policy', 5, 'reverted', 'a', 'invariant');
    expect(trackGate([goal], reverted).isOver(reverted)).toBe(true);
  });
});

describe('stages', () => {
  test('ask every gate once, in order, and never more than a stage says', () => {
    const gates = fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 30 });
    const stage = fc.oneof(
      fc.integer({ min: 1, max: 40 }).map((count) => `${count}`),
      fc.integer({ min: 1, max: 100 }).map((percent) => `${percent}%`),
    );
    fc.assert(
      fc.property(gates, fc.array(stage, { minLength: 1, maxLength: 5 }), (names, words) => {
        const groups = stageGates(parseStages(words.join(',')) ?? [], names);
        if (groups === null) return;
        expect(names.slice(0, groups.flat().length)).toEqual(groups.flat());
        if (words.at(-1) === '100%') expect(groups.flat()).toEqual(names);
        const [first = ''] = words;
        if (!first.endsWith('%')) expect(groups[0]?.length ?? 0).toBeLessThanOrEqual(Number(first));
      }),
    );
    expect(stageGates([], ['a', 'b'])).toEqual([['a', 'b']]);
    expect(stageGates(parseStages('2,1') ?? [], ['a', 'b', 'c'])).toBeNull();
    for (const text of ['', '0', '101%', '1,,2', 'all', '1.5'])
      expect(parseStages(text)).toBeNull();
  });
});

test('a will of a connection that another one has followed takes nobody offline', () => {
  const view = siteView('harbin');
  const state = (online: boolean, session: string): void => {
    const payload = Buffer.from(JSON.stringify({ online, session, at: null }));
    view.take({ topic: 'gk/1/harbin/gate-1/state', payload, retained: false });
  };
  state(true, '1');
  state(true, '2');
  state(false, '1');
  expect(view.gate('gate-1').online).toBe(true);
  state(false, '2');
  expect(view.gate('gate-1').online).toBe(false);
});

test('topics of steps are read as they are written', () => {
  for (const channel of channels)
    for (const kiosk of [null, 'gate-1']) {
      const topic = stepTopic('harbin', kiosk, { channel, seq: 12 });
      expect(readStepTopic(topic.slice('gk/1/harbin/'.length))).toEqual({ kiosk, channel });
    }
  for (const rest of [
    'a/cfg/desired/colour',
    'a/cfg/desired/trust',
    'a/cfg/desired/policy/1',
    'a/cfg',
  ])
    expect(readStepTopic(rest)).toBeNull();
});
