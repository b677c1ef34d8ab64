/** A secret at a terminal: what is typed is not shown, slips are taken back, and Ctrl-C gives up. */
import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { askSecret } from '../../scripts/ask-secret.js';

function terminal(writing: (text: string) => void = () => {}) {
  const events = new EventEmitter();
  const raw: boolean[] = [];
  let shown = '';
  const input = Object.assign(events, {
    setRawMode(isRaw: boolean) {
      raw.push(isRaw);
      return input;
    },
    setEncoding: () => input,
    resume: () => input,
    pause: () => input,
  });
  const ask = (): Promise<string | null> =>
    askSecret('passphrase> ', input as never, (text) => {
      shown += text;
      writing(text);
    });
  return {
    ask,
    type: (text: string) => events.emit('data', text),
    events,
    raw,
    shown: () => shown,
  };
}

test('is what was typed up to Enter, a star for each character', async () => {
  const { ask, type, raw, shown, events } = terminal();
  const asked = ask();
  type('12');
  type('34\r5');
  expect(await asked).toBe('1234');
  expect(shown()).toBe('passphrase> ****\n');
  expect(raw).toEqual([true, false]);
  expect(events.listenerCount('data')).toBe(0);
});

test('asks only once the terminal shows nothing by itself', async () => {
  const { ask, type, raw } = terminal((text) => {
    if (text === 'passphrase> ') expect(raw).toEqual([true]);
  });
  const asked = ask();
  type('1\r');
  expect(await asked).toBe('1');
});

test('without what was taken back', async () => {
  const { ask, type } = terminal();
  const asked = ask();
  type('\u007F1x\u007F2\b\n');
  expect(await asked).toBe('1');
});

test.each(['\u0003', '\u0004'])(
  'is none after Ctrl-C or Ctrl-D, and the terminal is as before',
  async (key) => {
    const { ask, type, raw } = terminal();
    const asked = ask();
    type(`12${key}`);
    expect(await asked).toBeNull();
    expect(raw.at(-1)).toBe(false);
  },
);

test('is none where the terminal goes away', async () => {
  const { ask, events } = terminal();
  const asked = ask();
  events.emit('end');
  expect(await asked).toBeNull();
});
