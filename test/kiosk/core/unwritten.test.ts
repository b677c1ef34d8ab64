import { describe, expect, test } from 'vitest';
import type { Effect } from '../../../kiosk/core/messages.js';
import { code, form, Hands, pass, ticket } from './hands.js';

const out = { direction: 'out' as const };

function appendOf(effects: readonly Effect[]): Extract<Effect, { type: 'append' }> {
  const append = effects.findLast((effect) => effect.type === 'append');
  if (append?.type !== 'append') throw new Error('no append');
  return append;
}

function committingId(gate: Hands): number {
  const { lane } = gate.state;
  if (lane.name !== 'committing') throw new Error(`lane is ${lane.name}`);
  return lane.grant.id;
}

/** The journal answers everything that waits, in order. */
function answerAll(gate: Hands): void {
  for (const id of [...gate.state.unwritten.sent.keys()])
    gate.give({ type: 'committed', id, lastSeq: 1_000 + id });
}

describe('a journal that fails', () => {
  test('the code of a grant that failed is written as spent when the disk works again', () => {
    for (const why of ['disk-full', 'already-reserved', 'bad-record']) {
      const gate = new Hands();
      gate.show(form('a'));
      gate.measure(3650);
      const shown = code('a');
      gate.show(shown);
      gate.give({ type: 'append-failed', id: committingId(gate), why });
      gate.wait(1_001);
      const again = appendOf(gate.effects);
      expect(again.uses).toMatchObject([{ op: 'spend', entry: { type: 'code', key: shown.id } }]);
      expect(again.records.map(({ type }) => type)).not.toContain('decision');
    }
  });

  test('while something is unwritten no automatic grant is begun; then it is', () => {
    const gate = new Hands(out);
    gate.show(pass('h'));
    gate.show(ticket('h'));
    gate.measure(3650);
    gate.commit();
    const paper = ticket('i');
    gate.wait(6_001);
    expect(gate.passage()).toBe('no-show');
    gate.give({ type: 'append-failed', id: appendOf(gate.effects).id, why: 'io-error' });
    gate.show(pass('i'));
    gate.show(paper);
    gate.measure(3650);
    expect(gate.decision()).toBe('refer disk-failed');
    gate.wait(1_001);
    answerAll(gate);
    answerAll(gate);
    gate.show(paper);
    expect(gate.decision()).toBe('grant resident');
  });

  test('while a late answer is awaited nobody else waits for the same disk', () => {
    const gate = new Hands();
    gate.show(form('a'));
    gate.show(code('a'));
    gate.measure(3650);
    const id = committingId(gate);
    gate.wait(1_501);
    for (const who of ['b', 'c', 'd']) {
      gate.wait(61_000);
      gate.show(form(who));
      gate.show(code(who));
      gate.measure(3650);
      expect(gate.decision()).toBe('refer disk-late');
    }
    expect(gate.state.late).toHaveLength(1);
    gate.give({ type: 'committed', id, lastSeq: 5 });
    expect(gate.pulses()).toBe(0);
    expect(gate.state.alarms.map((alarm) => alarm.code)).not.toContain('disk-late');
  });

  test('a journal that is gone is asked once a second, and loses nothing that fits', () => {
    const gate = new Hands();
    const failAll = (): number => {
      const ids = [...gate.state.unwritten.sent.keys()];
      for (const id of ids) gate.give({ type: 'append-failed', id, why: 'worker-lost' });
      return ids.length;
    };
    for (let change = 0; change < 300; change += 1)
      gate.give({ type: 'others', reachable: change % 2 === 1 });
    while (failAll() > 0);
    expect(gate.state.unwritten.failed).toHaveLength(256);
    const first = gate.state.unwritten.failed[0];
    for (let second = 0; second < 5; second += 1) {
      gate.wait(1_001);
      expect(failAll()).toBe(1);
      expect(gate.state.unwritten.failed[0]).toBe(first);
    }
    const { lost } = gate.state.unwritten;
    expect(lost?.count).toBeGreaterThan(40);
    expect(gate.state.alarms.map(({ code: it }) => it)).toContain('records-lost');
    gate.wait(1_001);
    answerAll(gate);
    answerAll(gate);
    expect(gate.state.unwritten).toMatchObject({ failed: [], retryMs: null, lost: null });
    expect(gate.state.unwritten.sent.size).toBe(0);
    // How much was not kept is written, once, behind what was.
    const counts = gate.records.filter(({ type }) => type === 'records-lost');
    expect(counts).toMatchObject([{ ...lost }]);
  });

  test('where the list is full, what the guard let through stays and refused scans give way', () => {
    const gate = new Hands();
    const failAll = (): void => {
      for (const id of [...gate.state.unwritten.sent.keys()])
        gate.give({ type: 'append-failed', id, why: 'disk-full' });
    };
    for (let scan = 0; scan < 300; scan += 1) {
      gate.refuse('expired');
      // So that each has a record of its own.
      gate.wait(2_001);
    }
    failAll();
    gate.give({ type: 'button', button: 'emergency', event: 'pressed' });
    failAll();
    failAll();
    const kept = gate.state.unwritten.failed.flatMap(({ records }) => records);
    expect(gate.state.unwritten.failed).toHaveLength(256);
    expect(kept.map(({ type }) => type)).toContain('emergency');
  });

  test('an answer that is given twice, or to nothing, changes nothing', () => {
    const gate = new Hands();
    gate.show(form('a'));
    gate.show(code('a'));
    gate.measure(3650);
    const id = committingId(gate);
    gate.commit();
    for (const again of [id, id, 0, -1, 1e9, Number.NaN]) {
      gate.give({ type: 'committed', id: again, lastSeq: 3 });
      gate.give({ type: 'append-failed', id: again, why: 'io-error' });
    }
    expect(gate.pulses()).toBe(1);
    expect(gate.state.lane.name).toBe('granted');
  });
});

test('a record of the relay names its grant by the journal’s number', () => {
  const gate = new Hands();
  gate.show(form('a'));
  gate.show(code('a'));
  gate.measure(3650);
  const id = committingId(gate);
  gate.commit();
  gate.give({ type: 'pulse-started', id });
  const seq = gate.state.lane.name === 'granted' ? gate.state.lane.grant.seq : null;
  expect(gate.records.findLast(({ type }) => type === 'relay')?.['grant']).toBe(seq);
});
