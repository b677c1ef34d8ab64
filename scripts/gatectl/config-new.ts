/** `gatectl config new`: the unsigned step, from a body and what is to be said about it. */
import { parseStrictJsonBytes } from '../../config/strict-json.js';
import { systemClock } from '../../hardware/linux/clock.js';
import { checkPolicy } from '../../kiosk/core/check/policy-check.js';
import { failedSelfTest } from '../../kiosk/core/check/policy-self-test.js';
import { revocationListBytesMax } from '../../kiosk/credential/revocations.js';
import { promiseOf } from '../../kiosk/settings/admin/revoke-order.js';
import { readStepBody, type StepBody } from '../../kiosk/settings/admin/step-body.js';
import type { StepFile } from '../../kiosk/settings/admin/step-file.js';
import { composeStep, type StepOrder } from '../../kiosk/settings/compose-step.js';
import { type Channel, stepLimits } from '../../kiosk/settings/signed/config-step.js';
import { configPayloadType } from '../../kiosk/settings/signed/judge-step.js';
import {
  type ExitCode,
  formatProblems,
  readArguments,
  required,
  type Streams,
  UsageError,
} from './command.js';
import {
  blobsFolder,
  newStepPath,
  readStepFile,
  writeBlob,
  writeStepFile,
} from './config-files.js';
import {
  readChannel,
  readCount,
  readEndMs,
  readId,
  readRequires,
  readTarget,
  stepLines,
} from './config-words.js';
import { readBytesUpTo } from './files.js';
import { progressOn } from './policy-changes.js';
import { readTimeSeconds } from './words.js';

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const options = {
  ...{ channel: text, site: text, body: text, seq: text, previous: text, 'prev-sha256': text },
  ...{ target: text, issued: text, expires: text, requires: text, 'min-version': text },
  ...{ probation: text, 'self-test': text, reason: text, out: text, blobs: text },
  ...{ unchecked: flag, json: flag },
} as const;
type Values = ReturnType<typeof readArguments<typeof options>>['values'];

const lifetimeDefault = '365d';
const probationDefault = '600';

/** @returns 0; throws UsageError for anything that no gate would take */
export async function newStep(args: readonly string[], streams: Streams): Promise<ExitCode> {
  const { values } = readArguments(args, options, 0);
  const channel = readChannel(required(values.channel, '--channel'));
  const file = required(values.body, '--body');
  const body = readBodyFile(channel, file);
  if (values.unchecked !== true) checkAllCases(body, file, streams);
  const order = withSelfTest({ ...readOrder(channel, values), body: body.value }, body);
  await writeNewStep(order, values, streams);
  return 0;
}

/**
 * Takes what a step says and where it goes; composes it, writes it and its blobs, and tells it.
 * @returns the step and its file. Throws UsageError where no gate would take it
 */
export async function writeNewStep(
  order: StepOrder,
  values: {
    readonly out?: string | undefined;
    readonly blobs?: string | undefined;
    readonly json?: boolean;
  },
  streams: Pick<Streams, 'out'>,
): Promise<{ readonly path: string; readonly made: StepFile }> {
  const composed = composeStep(order);
  if (!composed.ok) throw new UsageError(`the step: ${composed.problem}`);
  const { payload, sha256, step, blob } = composed;
  const path = newStepPath(values.out, step.channel, step.seq);
  const envelope = { payloadType: configPayloadType, payload, signatures: [] };
  const folder = blob === null ? null : blobsFolder(path, values.blobs);
  if (blob !== null && folder !== null) writeBlob(folder, blob);
  writeStepFile(path, envelope);
  const made = { envelope, step, mark: { seq: step.seq, sha256 } };
  const answer = { file: path, channel: step.channel, seq: step.seq, sha256, blobs: folder };
  const beside =
    folder === null ? [] : [`its body is large: it stands in ${folder}, keep both together`];
  const lines = [...stepLines(made), ...beside, `written to ${path}, not signed yet`];
  await streams.out(values.json === true ? `${JSON.stringify(answer)}\n` : `${lines.join('\n')}\n`);
  return { path, made };
}

/** Takes a channel and its body's file; returns the body. Throws UsageError with every problem. */
export function readBodyFile(channel: Channel, file: string): StepBody {
  const read = readStepBody(channel, readBytesUpTo(file, revocationListBytesMax));
  if (!read.ok) throw new UsageError(formatProblems(file, read.problems));
  return read.body;
}

/** A list's name for revocations, where nobody has said another; a policy is held to what it promises. */
function withSelfTest(order: StepOrder, body: StepBody): StepOrder {
  if (body.channel === 'revocation' && order.selfTest.length === 0)
    return { ...order, selfTest: promiseOf(body.revocations.sha256) };
  const failed = body.channel === 'policy' ? failedSelfTest(body.policy, order.selfTest) : null;
  if (failed !== null) throw new UsageError(`--self-test: ${failed}`);
  return order;
}

/** As each gate does before it goes by it: better here than at every gate. */
function checkAllCases(body: StepBody, file: string, streams: Streams): void {
  if (body.channel !== 'policy') return;
  const { fault } = checkPolicy(body.policy, progressOn(streams, 'config new'));
  if (fault === null) return;
  const { place, problem } = fault;
  throw new UsageError(
    `${formatProblems(file, [{ place, problem }])} (gatectl policy check says more)`,
  );
}

/** What the options say about a step; the previous one gives what they leave out. */
export type OrderValues = Pick<
  Values,
  | 'site'
  | 'seq'
  | 'previous'
  | 'prev-sha256'
  | 'target'
  | 'issued'
  | 'expires'
  | 'requires'
  | 'min-version'
  | 'probation'
  | 'self-test'
  | 'reason'
>;

/** Takes channel and options; returns the step without its body. Throws UsageError. */
export function readOrder(channel: Channel, values: OrderValues): Omit<StepOrder, 'body'> {
  const previous = values.previous === undefined ? null : readStepFile(values.previous);
  if (previous !== null && previous.step.channel !== channel)
    throw new UsageError(
      `${values.previous} is a step of ${previous.step.channel}, not of ${channel}`,
    );
  const site = values.site ?? previous?.step.site;
  const next = previous === null ? undefined : `${previous.mark.seq + 1}`;
  const seq = readCount(required(values.seq ?? next, '--seq or --previous'), '--seq', 1);
  if (previous !== null && seq <= previous.mark.seq)
    throw new UsageError(`--seq ${seq}: the step before it has ${previous.mark.seq}`);
  if (previous !== null && site !== previous.step.site)
    throw new UsageError(`${values.previous} is a step of the site ${previous.step.site}`);
  const isTried = channel === 'policy' || channel === 'device';
  const probation = values.probation ?? (isTried ? probationDefault : '0');
  if (!isTried && probation !== '0')
    throw new UsageError(`${channel} is never taken back, so it has no --probation`);
  const issuedMs =
    values.issued === undefined
      ? systemClock().now().wallMs
      : Math.round(1_000 * readTimeSeconds(values.issued, '--issued'));
  const expiresMs = readEndMs(values.expires ?? lifetimeDefault, issuedMs, '--expires');
  if (expiresMs <= issuedMs) throw new UsageError('--expires lies before the step is issued');
  return {
    site: readId(required(site, '--site'), '--site'),
    channel,
    seq,
    prevSha256: previous?.mark.sha256 ?? readPrevious(values['prev-sha256'], seq),
    issuedMs,
    expiresMs,
    target: readTarget(values.target ?? 'all'),
    requires: readRequires(values.requires),
    minVersion: values['min-version'] ?? '0.0.0',
    probationSeconds: readCount(probation, '--probation'),
    selfTest: values['self-test'] === undefined ? [] : readSelfTest(values['self-test']),
    reason: required(values.reason, '--reason'),
  };
}

function readPrevious(hex: string | undefined, seq: number): string | null {
  if (hex !== undefined && !/^[0-9a-f]{64}$/.test(hex))
    throw new UsageError('--prev-sha256 is 64 hex digits in lower case: config history shows it');
  if (hex === undefined && seq > 1)
    throw new UsageError(
      `step ${seq} names the one before it: --previous FILE or --prev-sha256 HEX`,
    );
  return hex ?? null;
}

function readSelfTest(file: string): readonly unknown[] {
  const bytesMax = 65_536;
  const json = parseStrictJsonBytes(readBytesUpTo(file, bytesMax), bytesMax);
  if (!json.ok) throw new UsageError(formatProblems(file, json.problems));
  if (Array.isArray(json.value) && json.value.length <= stepLimits.selfTestsMax) return json.value;
  throw new UsageError(`${file}: must be an array of ${stepLimits.selfTestsMax} decisions at most`);
}
