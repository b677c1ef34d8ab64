/**
 * The highest accepted step of each channel, once more, in a file of its own: neither a database that was put
 * back to an older day nor another enrolment makes an old step new again. Replaced whole, with a checksum.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseStrictJsonBytes } from '../../../config/strict-json.js';
import { ListReader } from '../../credential/list-reader.js';
import { type Channel, channels } from '../signed/config-step.js';
import type { Mark } from '../signed/judge-step.js';
import { readMark, sumOf } from './kept-channel.js';

const bytesMax = 4_096;

/** Takes the state directory; returns where the marks are. */
export function marksPath(stateDirectory: string): string {
  return join(stateDirectory, 'configuration-marks.json');
}

/** Takes a path; returns the marks there, none where they cannot be read or believed. Never throws. */
export function readMarks(path: string): ReadonlyMap<Channel, Mark> {
  const marks = new Map<Channel, Mark>();
  const value = readValue(path);
  if (value === null) return marks;
  const reader = new ListReader();
  const members = reader.object(value, '', ['marks', 'sum']);
  const list = members?.read('marks', (item) => item);
  const sum = members?.read('sum', (item) => item);
  if (list === null || list === undefined || sum !== sumOf(JSON.stringify(list))) return marks;
  const own = reader.object(
    list,
    'marks',
    channels.map((channel) => `${channel}?`),
  );
  for (const channel of channels) {
    const mark = own?.read(channel, (item, place) => readMark(reader, item, place)) ?? null;
    if (mark !== null) marks.set(channel, mark);
  }
  return reader.problems.length > 0 ? new Map() : marks;
}

/**
 * @param path of the marks
 * @param marks all of them
 * @throws the system's error; what was there before stands then
 */
export function keepMarks(path: string, marks: ReadonlyMap<Channel, Mark>): void {
  const list = Object.fromEntries(marks);
  const text = JSON.stringify({ marks: list, sum: sumOf(JSON.stringify(list)) });
  const fresh = `${path}.new`;
  writeFileSync(fresh, text, { mode: 0o600, flush: true });
  renameSync(fresh, path);
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function readValue(path: string): unknown {
  try {
    const json = parseStrictJsonBytes(readFileSync(path), bytesMax);
    return json.ok ? json.value : null;
  } catch {
    return null;
  }
}
