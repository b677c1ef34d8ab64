/** A line from the person at the terminal that is not shown, whatever standard input is used for. */
import { openSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import type { GivenUp } from './command.js';

/**
 * @param prompt shown first
 * @returns the line, or that the person gives up (Ctrl-C, Ctrl-D); null where there is no terminal
 */
export function askUnseen(prompt: string): Promise<string | GivenUp | null> {
  let descriptor: number;
  try {
    descriptor = openSync('/dev/tty', 'r+');
  } catch {
    return Promise.resolve(null);
  }
  return new Promise((resolve) => {
    const input = new ReadStream(descriptor).setEncoding('utf8');
    const answer = (line: string | GivenUp | null): void => {
      input.removeAllListeners('data').removeAllListeners('end');
      // Before the stream ends: nobody could take it back afterwards.
      input.setRawMode(false);
      writeSync(descriptor, '\n');
      input.destroy();
      resolve(line);
    };
    // First: what is typed quickly must not be seen either.
    input.setRawMode(true);
    writeSync(descriptor, prompt);
    let typed = '';
    input.on('data', (text) => {
      typed += String(text);
      const read = typedLine(typed);
      if (read.is !== 'more') answer(read.is === 'line' ? read.line : read);
    });
    input.on('end', () => answer(null));
    input.on('error', () => answer(null));
  });
}

export type Typed =
  | { readonly is: 'more' }
  | GivenUp
  | { readonly is: 'line'; readonly line: string };

/**
 * Takes all that was typed so far, as a raw terminal gives it; returns the line once it has ended:
 * Backspace takes a character back, Ctrl-U all of them. Pure.
 */
export function typedLine(typed: string): Typed {
  let line: readonly string[] = [];
  for (const key of typed) {
    if (key === '\r' || key === '\n') return { is: 'line', line: line.join('') };
    if (key === '\u0003' || key === '\u0004') return { is: 'given-up' };
    if (key === '\u007f' || key === '\b') line = line.slice(0, -1);
    else if (key === '\u0015') line = [];
    else if (key >= ' ') line = [...line, key];
  }
  return { is: 'more' };
}
