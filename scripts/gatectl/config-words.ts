/** Steps of configuration on a command line and in words. Pure. */
import { formatRfc3339 } from '../../config/rfc3339.js';
import type { StepFile, Tally } from '../../kiosk/settings/admin/step-file.js';
import { type Channel, channels, type Target } from '../../kiosk/settings/signed/config-step.js';
import { printable } from './collect-output.js';
import { UsageError } from './command.js';
import { readDurationSeconds, readTimeSeconds, readWords } from './words.js';

const idShape = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** Takes a word; returns the channel. Throws UsageError naming all. */
export function readChannel(word: string): Channel {
  const channel = channels.find((known) => known === word);
  if (channel !== undefined) return channel;
  throw new UsageError(`${word} is no channel; there are ${channels.join(', ')}`);
}

/** Takes a site's or a gate's id; returns it. Throws UsageError naming the option. */
export function readId(word: string, option: string): string {
  if (idShape.test(word)) return word;
  throw new UsageError(`${option} ${word}: an id is 1 to 32 of a-z, 0-9 and -`);
}

/** Takes `all`, `kiosk:ID,…` or `group:NAME,…`; returns the target. Throws UsageError. */
export function readTarget(word: string): Target {
  if (word === 'all') return { all: true };
  const [what = '', list = ''] = word.split(':');
  const ids = (): readonly string[] => readWords(list).map((id) => readId(id, '--target'));
  if (what === 'kiosk') return { kiosks: ids() };
  if (what === 'group') return { groups: ids() };
  throw new UsageError(`--target ${word} is not all, kiosk:ID,… or group:NAME,…`);
}

/** Takes `trust=3,policy=2`; returns the numbers that other channels must have reached. */
export function readRequires(word: string | undefined): ReadonlyMap<Channel, number> {
  if (word === undefined) return new Map();
  return new Map(
    readWords(word).map((part) => {
      const [channel = '', seq = ''] = part.split('=');
      return [readChannel(channel), readCount(seq, '--requires', 1)];
    }),
  );
}

/** Takes a whole number in digits; returns it. Throws UsageError naming the option. */
export function readCount(word: string, option: string, least = 0): number {
  const count = /^\d{1,13}$/.test(word) ? Number(word) : -1;
  if (count >= least) return count;
  throw new UsageError(`${option} ${word} is no whole number from ${least}`);
}

/** Takes an RFC 3339 time, or a duration such as 90d from `fromMs` on; returns milliseconds since 1970. */
export function readEndMs(word: string, fromMs: number, option: string): number {
  if (/^\d+[smhd]$/.test(word)) return fromMs + 1_000 * readDurationSeconds(word, option);
  return Math.round(1_000 * readTimeSeconds(word, option));
}

/** @returns who a step is for */
export function targetWords(target: Target): string {
  if ('all' in target) return 'every gate';
  return 'kiosks' in target
    ? `the gates ${target.kiosks.join(', ')}`
    : `the groups ${target.groups.join(', ')}`;
}

/** @returns what a step says beside its body, a line each */
export function stepLines({ step, mark }: StepFile): readonly string[] {
  const { site, channel, seq, prevSha256, issuedMs, expiresMs, target, requires, content } = step;
  const needs = [...requires].map(([other, least]) => `${other} ${least}`);
  const size = content.is === 'body' ? [] : [`  body       in blobs: ${content.blobs.length}`];
  return [
    `${channel} ${seq} of ${site}: ${printable(step.reason)}`,
    `  for        ${targetWords(target)}`,
    `  sha256     ${mark.sha256}`,
    `  before it  ${prevSha256 ?? 'nothing: it is the first'}`,
    `  issued     ${formatRfc3339(issuedMs)}, expires ${formatRfc3339(expiresMs)}`,
    ...(step.probationSeconds > 0 ? [`  probation  ${step.probationSeconds} s`] : []),
    ...(needs.length > 0 ? [`  requires   ${needs.join(', ')}`] : []),
    ...size,
  ];
}

/** @returns how many signatures are missing, as the beginning of a sentence */
export function missingWords(count: number): string {
  return count === 1 ? '1 signature is missing' : `${count} signatures are missing`;
}

/** @returns how many have signed, who, and who else could; a line for each list that must agree; `isAddition`: one is enough */
export function tallyLines(
  tallies: readonly Tally[],
  channel: Channel,
  isAddition = false,
): readonly string[] {
  return tallies.flatMap(({ by, threshold, signed, open, missing }) => {
    const list = tallies.length > 1 || channel === 'trust' ? ` (${by})` : '';
    const who = signed.length === 0 ? '' : `: ${signed.join(', ')}`;
    const rest =
      isAddition && signed.length > 0
        ? 'enough: what only revokes more needs one'
        : missing === 0
          ? 'enough'
          : `${missing} more of ${open.length === 0 ? 'nobody else on the list' : open.join(', ')}`;
    return [`  signed     ${signed.length} of ${threshold}${list}${who}; ${rest}`];
  });
}
