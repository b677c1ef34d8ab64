/** Asks a person at a terminal for a secret, which is not shown and stands in no argument. */
import type { ReadStream } from 'node:tty';

type Terminal = Pick<ReadStream, 'setRawMode' | 'setEncoding' | 'resume' | 'pause' | 'on' | 'off'>;

/** Nobody types more by hand. */
const charactersMax = 200;

/**
 * Takes what is asked, the terminal and where the question goes; returns what was typed up to Enter, or
 * null for Ctrl-C, Ctrl-D or the end of the input. A star stands for each character.
 */
export function askSecret(
  question: string,
  input: Terminal,
  write: (text: string) => void,
): Promise<string | null> {
  return new Promise((resolve) => {
    let typed = '';
    const end = (answer: string | null): void => {
      input.off('data', take);
      input.off('end', ended);
      input.setRawMode(false);
      input.pause();
      write('\n');
      resolve(answer);
    };
    const ended = (): void => end(null);
    const take = (text: string): void => {
      for (const character of text) {
        if (character === '\r' || character === '\n') return end(typed);
        if (character === '\u0003' || character === '\u0004') return end(null);
        if (character === '\u007F' || character === '\b') {
          if (typed !== '') write('\b \b');
          typed = typed.slice(0, -1);
        } else if (character >= ' ' && typed.length < charactersMax) {
          typed += character;
          write('*');
        }
      }
    };
    // Raw: the terminal itself shows nothing, and hands over each key. Before anybody is asked, or what
    // a quick hand types stands there in clear.
    input.setRawMode(true);
    write(question);
    input.setEncoding('utf8');
    input.on('data', take);
    input.on('end', ended);
    input.resume();
  });
}
