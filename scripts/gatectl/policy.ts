/** `gatectl policy`: what a policy says, whether it holds in every case, what another changes. */
import { problemLines, readPolicyFile, shippedPolicyPath } from '../../config/load.js';
import type { Policy } from '../../config/policy.js';
import type { Problem } from '../../config/problems.js';
import { checkPolicy, type Fault, type PolicyCheck } from '../../kiosk/core/check/policy-check.js';
import { diffPolicies } from '../../kiosk/core/check/policy-diff.js';
import {
  type Command,
  type ExitCode,
  readArguments,
  required,
  type Streams,
  UsageError,
} from './command.js';
import { grouped, policyDiffWords, progressOn } from './policy-changes.js';
import { explain } from './policy-explain.js';
import { drawExplanation } from './policy-table.js';

const help = `Usage: gatectl policy explain [FILE] [--json]
       gatectl policy check [FILE] [--json]
       gatectl policy diff OLD NEW [--json]

explain  prints who may pass on which evidence, in Chinese and English
check    looks at the whole policy: what it says about itself, then every case of what it reads;
         prints how many there are, the rules that one set of evidence can complete, and the
         first fault with its place
diff     prints for which cases NEW decides otherwise than OLD, and which members differ

FILE     a policy; the shipped one of notice No. 8 by default
--json   prints one JSON object

Exit code 0 if all is well (check) or the same (diff), 1 if not, 2 for wrong usage or, for explain
and diff, a refused file.
`;

const options = { json: { type: 'boolean' } } as const;

export const policyCommand: Command = {
  summary: 'explain a policy, check all of it, compare two',
  help,
  async run(args, streams) {
    const [verb, ...rest] = args;
    if (verb === 'explain') return runExplain(rest, streams);
    if (verb === 'check') return runCheck(rest, streams);
    if (verb === 'diff') return runDiff(rest, streams);
    throw new UsageError(`policy ${verb ?? ''}: explain, check or diff is expected`);
  },
};

async function runExplain(args: readonly string[], streams: Streams): Promise<ExitCode> {
  const { values, positionals } = readArguments(args, options, 1);
  const explanation = explain(policyOf(positionals[0] ?? shippedPolicyPath));
  await streams.out(
    values.json === true ? `${JSON.stringify(explanation)}\n` : drawExplanation(explanation),
  );
  return 0;
}

async function runCheck(args: readonly string[], streams: Streams): Promise<ExitCode> {
  const { values, positionals } = readArguments(args, options, 1);
  const file = positionals[0] ?? shippedPolicyPath;
  const read = readPolicyFile(file);
  const check: FileCheck = read.ok
    ? checkPolicy(read.value, progressOn(streams, 'policy check'))
    : refused(read.problems);
  await streams.out(values.json === true ? `${JSON.stringify(check)}\n` : checkWords(file, check));
  return check.ok ? 0 : 1;
}

/** A file that is no policy has no cells; one that is not there is wrong usage. */
type FileCheck = Omit<PolicyCheck, 'fault'> & {
  readonly fault: (Omit<Fault, 'code'> & { readonly code: Fault['code'] | 'refused' }) | null;
};

function refused(problems: readonly Problem[]): FileCheck {
  const [first] = problems;
  if (first === undefined || isUnreadable(first))
    throw new UsageError(problemLines(problems).join('\n'));
  const { place, problem } = first;
  const fault = { code: 'refused' as const, place, problem, cell: null };
  return { ok: false, cells: 0, outcomes: [], pairs: [], unreachable: [], fault };
}

/** Told of the file as a whole, before anything in it was looked at. */
function isUnreadable({ place, problem }: Problem): boolean {
  return place === '' && /^(does not exist|is no regular|is larger|cannot be)/.test(problem);
}

function policyOf(file: string): Policy {
  const read = readPolicyFile(file);
  if (!read.ok) throw new UsageError(problemLines(read.problems).join('\n'));
  return read.value;
}

async function runDiff(args: readonly string[], streams: Streams): Promise<ExitCode> {
  const { values, positionals } = readArguments(args, options, 2);
  const before = policyOf(required(positionals[0], 'the OLD policy'));
  const after = policyOf(required(positionals[1], 'the NEW policy'));
  const diff = diffPolicies(before, after, progressOn(streams, 'policy diff'));
  await streams.out(values.json === true ? `${JSON.stringify(diff)}\n` : policyDiffWords(diff));
  return diff.values.length === 0 ? 0 : 1;
}

function checkWords(file: string, check: FileCheck): string {
  const { ok, cells, outcomes, pairs, fault } = check;
  const lines = [`${file}: ${ok ? 'holds' : 'REFUSED'}; ${grouped(cells)} cases`];
  if (fault !== null) {
    lines.push(
      `  ${fault.place === '' ? '' : `${fault.place}: `}${fault.problem}  [${fault.code}]`,
    );
    if (fault.cell !== null) lines.push(`    first in: ${fault.cell}`);
  }
  if (outcomes.length > 0) lines.push('', 'outcomes');
  for (const { outcome, cells: count } of outcomes)
    lines.push(`  ${grouped(count).padStart(9)}  ${outcome}`);
  if (pairs.length > 0)
    lines.push('', 'rules that one set of evidence completes; the first decides');
  lines.push(...pairLines(pairs));
  return `${lines.join('\n')}\n`;
}

/** Each two rules once, with everywhere they meet and one example. */
function pairLines(pairs: PolicyCheck['pairs']): readonly string[] {
  const groups = new Map<string, { readonly places: string[]; readonly cell: string }>();
  for (const { first, second, zone, direction, cell } of pairs) {
    const name = `${first} before ${second}`;
    const group = groups.get(name) ?? { places: [], cell };
    group.places.push(`${zone} ${direction}`);
    groups.set(name, group);
  }
  return [...groups].flatMap(([name, { places, cell }]) => [
    `  ${name}: ${places.join(', ')}`,
    `      e.g. ${cell}`,
  ]);
}
