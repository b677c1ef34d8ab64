/** The structured log: JSON lines, without secrets and without people. */
import pino, { type Logger } from 'pino';

/** Members that must never be written, wherever somebody logs an object that has them. */
const secretPaths = [
  ...['pepper', 'seed', 'text', 'sub', 'household', 'holder', 'card'],
  ...['*.pepper', '*.seed', '*.card'],
];

/**
 * @param options `level` as pino names them; `file` to append to, standard error without it
 * @returns a logger that writes synchronously: what was logged before a crash is there
 */
export function openLog(options: { readonly level: string; readonly file?: string }): Logger {
  const { level, file } = options;
  return pino(
    { level, redact: { paths: secretPaths, censor: '[redacted]' }, base: null },
    pino.destination({ dest: file ?? 2, sync: true, mkdir: true }),
  );
}
