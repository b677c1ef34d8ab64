/** What a child process says on its standard error, as lines that a log can take. */

/** The rest of a longer line is dropped. */
const lineCharactersMax = 200;
/** In a minute; of the further ones only the number is told. */
const linesPerMinuteMax = 20;
const minuteMs = 60_000;

export interface SpokenLines {
  /** Takes the next piece of text; `nowMs` monotonic. */
  push(text: string, nowMs: number): void;
}

/**
 * Makes a splitter that hands each line to `say`: without control characters, cut, and few enough.
 * Empty lines, and a line that repeats the one before it, are not told.
 */
export function spokenLines(say: (line: string) => void): SpokenLines {
  let rest = '';
  let previous = '';
  let minuteBeganMs = Number.NEGATIVE_INFINITY;
  let told = 0;
  let untold = 0;

  const tell = (line: string, nowMs: number): void => {
    const words = line.replace(/\p{Cc}+/gu, ' ').trim();
    if (words === '' || words === previous) return;
    previous = words;
    if (nowMs - minuteBeganMs >= minuteMs) {
      if (untold > 0) say(`… and ${untold} lines more`);
      minuteBeganMs = nowMs;
      told = 0;
      untold = 0;
    }
    if (told === linesPerMinuteMax) {
      untold++;
      return;
    }
    told++;
    say(words);
  };

  return {
    push(text, nowMs) {
      const lines = text.split(/[\r\n]+/u);
      lines.forEach((piece, index) => {
        // A line without an end is kept up to its limit: what comes behind that is not told anyway.
        rest = (rest + piece).slice(0, lineCharactersMax);
        if (index === lines.length - 1) return;
        tell(rest, nowMs);
        rest = '';
      });
    },
  };
}
