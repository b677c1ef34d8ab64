import { expect, test } from 'vitest';
import type { KnownEntry } from '../../../config/vocabulary.js';
import { knownHub } from '../../../scripts/simulated-board/hub.js';

const entry = (key: string): KnownEntry => ({ type: 'code', key, until: '', at: '' });

function twoGates() {
  const hub = knownHub();
  const gates = [hub.join(), hub.join()] as const;
  const heard = gates.map((gate) => {
    const own: unknown[] = [];
    gate.subscribe((entries) => own.push(...entries));
    return own;
  });
  const reached: boolean[] = [];
  const cancel = gates[0].reachable?.((reachable) => void reached.push(reachable));
  return { hub, gates, heard, reached, cancel };
}

test('what one gate tells the other hears, and not the one that told it', () => {
  const { gates, heard } = twoGates();
  gates[0].publish([entry('a')]);
  gates[1].publish([entry('b')]);
  expect(heard).toEqual([[entry('b')], [entry('a')]]);
});

test('while the network is cut nothing is heard, and everything once it is mended', () => {
  const { hub, gates, heard, reached } = twoGates();
  hub.cut();
  hub.cut();
  gates[0].publish([entry('a')]);
  gates[0].publish([entry('b')]);
  gates[1].publish([entry('c')]);
  expect(heard).toEqual([[], []]);
  hub.mend();
  hub.mend();
  expect(heard).toEqual([[entry('c')], [entry('a'), entry('b')]]);
  expect(reached).toEqual([true, false, true]);
});

test('a gate that has gone hears nothing more, and is not told of the network', () => {
  const { hub, gates, reached, cancel } = twoGates();
  const own: unknown[] = [];
  const leave = gates[0].subscribe((entries) => own.push(...entries));
  leave();
  cancel?.();
  hub.cut();
  hub.mend();
  gates[1].publish([entry('a')]);
  expect([own, reached]).toEqual([[], [true]]);
});
