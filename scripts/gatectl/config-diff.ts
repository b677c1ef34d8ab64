/** `gatectl config diff`: what a step changes, in the words of its channel, and how many must sign it. */
import { diffPolicies, type PolicyDiff } from '../../kiosk/core/check/policy-diff.js';
import { revocationListBytesMax } from '../../kiosk/credential/revocations.js';
import { withMoreRevoked } from '../../kiosk/credential/revocations-union.js';
import {
  type ListChange,
  type RevocationChanges,
  revocationChanges,
  trustChanges,
} from '../../kiosk/settings/admin/list-changes.js';
import { isAddition } from '../../kiosk/settings/admin/revoke-order.js';
import { readStepBody, type StepBody } from '../../kiosk/settings/admin/step-body.js';
import type { StepFile } from '../../kiosk/settings/admin/step-file.js';
import { jsonLine, printable } from './collect-output.js';
import {
  type ExitCode,
  formatProblems,
  readArguments,
  required,
  type Streams,
  UsageError,
} from './command.js';
import { readStepOrBody } from './config-files.js';
import { readChannel } from './config-words.js';
import { grouped, policyDiffWords, progressOn } from './policy-changes.js';

const text = { type: 'string' } as const;
const options = { channel: text, blobs: text, json: { type: 'boolean' } } as const;
const shownMax = 20;
const shownJsonMax = 10_000;

/** @returns 0: the same; 1: they differ */
export async function diffSteps(args: readonly string[], streams: Streams): Promise<ExitCode> {
  const { values, positionals } = readArguments(args, options, 2);
  const [oldFile, newFile] = [
    required(positionals[0], 'the OLD step or body'),
    required(positionals[1], 'the NEW step or body'),
  ];
  const given = values.channel === undefined ? undefined : readChannel(values.channel);
  const read = (file: string, channel = given) =>
    readStepOrBody(file, channel, values.blobs, revocationListBytesMax);
  const next = read(newFile);
  const [before, after] = [bodyOf(oldFile, read(oldFile, next.channel)), bodyOf(newFile, next)];
  const most = values.json === true ? shownJsonMax : shownMax;
  const isStep = onlyAdds(after, next.step);
  const result = isStep ? resultOf(before, after) : after;
  const change = changeOf(before, result, isStep, streams, most);
  const { words, isSame, ...answer } = change;
  await streams.out(values.json === true ? jsonLine(answer) : words);
  return isSame ? 0 : 1;
}

function bodyOf(file: string, { channel, bytes }: ReturnType<typeof readStepOrBody>): StepBody {
  const read = readStepBody(channel, bytes);
  if (!read.ok) throw new UsageError(formatProblems(file, read.problems));
  return read.body;
}

/** Whether it is a step as `gatectl revoke` makes it. */
function onlyAdds(after: StepBody, file: StepFile | null): boolean {
  return (
    file !== null && after.channel === 'revocation' && isAddition(file.step, after.revocations)
  );
}

/** What only adds to a list leaves all that was there. */
function resultOf(before: StepBody, after: StepBody): StepBody {
  if (before.channel !== 'revocation' || after.channel !== 'revocation') return after;
  return { ...after, revocations: withMoreRevoked(before.revocations, after.revocations) };
}

interface Change {
  readonly channel: string;
  readonly tightens: boolean;
  readonly changes: readonly ListChange[] | PolicyDiff | RevocationChanges;
  readonly isSame: boolean;
  readonly words: string;
}

/** @param isStep whether it is a step already that only adds */
function changeOf(
  before: StepBody,
  after: StepBody,
  isStep: boolean,
  streams: Streams,
  most: number,
): Change {
  const { channel } = after;
  const answer = (
    changes: Change['changes'],
    isSame: boolean,
    words: string,
    tightens = false,
  ): Change => ({
    ...{ channel, tightens, changes, isSame },
    words: isSame ? 'the same\n' : `${words}\n${signaturesWords(tightens, isStep)}\n`,
  });
  if (before.channel === 'policy' && after.channel === 'policy') {
    const diff = diffPolicies(before.policy, after.policy, progressOn(streams, 'config diff'));
    return answer(diff, diff.values.length === 0, policyDiffWords(diff));
  }
  if (before.channel === 'revocation' && after.channel === 'revocation') {
    const changes = revocationChanges(before.revocations, after.revocations, most);
    return answer(changes, changes.changed === 0, revocationWords(changes), changes.tightens);
  }
  const changes = before.channel === 'trust' ? trustChanges(before.value, after.value) : [];
  if (after.channel === 'trust')
    return answer(changes, changes.length === 0, `${changeLines(changes).join('\n')}\n`);
  const members = memberChanges(before.value, after.value);
  return answer(members, members.length === 0, `${changeLines(members).join('\n')}\n`);
}

/** Of a device's settings, the members that differ. */
function memberChanges(before: unknown, after: unknown, place = ''): readonly ListChange[] {
  const [from, to] = [JSON.stringify(before) ?? null, JSON.stringify(after) ?? null];
  if (from === to) return [];
  const [old, now] = [Object(before), Object(after)] as const;
  const isDeep = [before, after].every(
    (it) => typeof it === 'object' && it !== null && !Array.isArray(it),
  );
  if (!isDeep) {
    const is = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
    return [{ member: place, is, what: '', from, to }];
  }
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return names.flatMap((name) =>
    memberChanges(old[name], now[name], place === '' ? name : `${place}.${name}`),
  );
}

function changeLines(changes: readonly ListChange[]): readonly string[] {
  const sign = { added: '+', removed: '-', changed: '~' } as const;
  return changes.map(({ member, is, what, from, to }) => {
    const value = to ?? from;
    const own = value === what || value === null ? '' : `: ${value}`;
    const values = is === 'changed' ? `: ${from} → ${to}` : own;
    return printable(`  ${sign[is]} ${member} ${what}${values}`);
  });
}

function revocationWords({ counts, changes, changed }: RevocationChanges): string {
  const lines = counts
    .filter(({ from, to }) => from + to > 0)
    .map(({ member, from, to }) => `${member.padEnd(11)} ${grouped(from)} → ${grouped(to)}`);
  const rest = changed - changes.length;
  const more = rest > 0 ? [`  … and ${grouped(rest)} more`] : [];
  return `${[...lines, ...changeLines(changes), ...more].join('\n')}\n`;
}

function signaturesWords(tightens: boolean, isAddition: boolean): string {
  return tightens
    ? isAddition
      ? 'it only revokes more: one signature is enough, one admin may sign alone'
      : 'it only revokes more: gatectl revoke makes a step of it that one admin may sign alone'
    : 'it needs as many signatures as its channel’s threshold';
}
