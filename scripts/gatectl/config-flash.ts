/** `gatectl config flash`: steps to the broker, and every gate on its way until it goes by them. */

import { encodeEnvelope } from '../../config/crypto/dsse.js';
import type { TrustList } from '../../kiosk/credential/trust.js';
import { parseTrustList } from '../../kiosk/credential/trust.js';
import type { OutMessage } from '../../kiosk/report/broker-link.js';
import {
  goalsOf,
  parseStages,
  routeOf,
  type Stage,
  stageGates,
  trackGate,
} from '../../kiosk/settings/admin/roll-out.js';
import { type SiteView, siteView } from '../../kiosk/settings/admin/site-view.js';
import { type StepFile, tallySignatures } from '../../kiosk/settings/admin/step-file.js';
import {
  adminFilters,
  blobMessages,
  standsAlone,
  stepTopic,
} from '../../kiosk/settings/admin/step-topics.js';
import { type BrokerAccess, brokerOptions, readBroker } from './broker-options.js';
import { type ExitCode, readArguments, required, type Streams, UsageError } from './command.js';
import { blobsFolder, readBlob, readStepFile } from './config-files.js';
import { readId } from './config-words.js';
import { readTrustFile } from './files.js';
import { type GateOutcome, watchGates } from './flash-watch.js';
import { openSiteLink, type SiteLink } from './site-link.js';
import { readDurationSeconds, readWords } from './words.js';

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const options = {
  ...brokerOptions,
  ...{ to: text, trust: text, stages: text, timeout: text, blobs: text },
  ...{ 'no-wait': flag, json: flag },
} as const;

const stepsMax = 1_000;
/** Over what a probation takes: for blobs, tests, and a gate that is on its way up. */
const spareSeconds = 300;

interface Asked {
  readonly site: string;
  readonly files: readonly { readonly name: string; readonly file: StepFile }[];
  readonly named: readonly string[];
  readonly stages: readonly Stage[];
  readonly trust: TrustList | null;
  readonly broker: BrokerAccess;
  readonly timeoutMs: number;
  readonly blobs: string | undefined;
  readonly isWaiting: boolean;
}

/** @returns 0: every gate goes by it; 1: one does not, or the broker did not take it */
export async function flashSteps(args: readonly string[], streams: Streams): Promise<ExitCode> {
  const { values, positionals } = readArguments(args, options, stepsMax);
  const asked = readAsked(values, positionals);
  const { site, files } = asked;
  const messages = blobsOf(asked);
  const view = siteView(site);
  const opened = await openSiteLink({
    ...{ broker: asked.broker, site, filters: adminFilters(site) },
    message: (message) => view.take(message),
    down: (why) => streams.err(`gatectl config flash: no connection, trying again: ${why}\n`),
  });
  if (!opened.ok) return refuse(streams, opened.why);
  const { link } = opened;
  try {
    await link.settled();
    const isQuiet = values.json === true;
    const say = async (line: string): Promise<void> => {
      if (!isQuiet) await streams.out(`${line}\n`);
    };
    const gates = gatesFor(asked, view);
    const groups = asked.stages.length > 0 ? stageGates(asked.stages, gates) : [gates];
    if (groups === null) throw new UsageError('--stages grow: 1,10,100%');
    const outcomes: GateOutcome[] = [];
    const refused = await publishAll(link, messages);
    if (refused !== null) return refuse(streams, refused);
    for (const [index, group] of groups.entries()) {
      if (groups.length > 1)
        await say(`stage ${index + 1} of ${groups.length}: ${group.join(', ')}`);
      const trackers = new Map(
        group.map((kiosk) => [
          kiosk,
          trackGate(goalsOf(files.map(({ file }) => file)), view.gate(kiosk).reported),
        ]),
      );
      const why = await publishAll(link, stepMessages(asked, group));
      if (why !== null) return refuse(streams, why);
      for (const { file } of files)
        await say(`published ${file.step.channel} ${file.mark.seq}: ${file.step.reason}`);
      if (!asked.isWaiting) continue;
      const { timeoutMs } = asked;
      const stopsAtFirst = asked.stages.length > 0;
      const done = await watchGates({
        ...{ link, view, trackers, timeoutMs, stopsAtFirst, say, streams },
      });
      outcomes.push(...done);
      if (done.some(({ isReached }) => !isReached)) break;
    }
    if (!asked.isWaiting) return 0;
    const isDone = outcomes.length === gates.length && outcomes.every(({ isReached }) => isReached);
    if (isDone) await tidy(link, view, asked, gates);
    const left = gates.length - outcomes.length;
    if (isQuiet) await streams.out(`${JSON.stringify({ ok: isDone, gates: outcomes, left })}\n`);
    await say(summary(outcomes, left));
    return isDone ? 0 : 1;
  } finally {
    await link.close();
  }
}

function refuse(streams: Streams, why: string): ExitCode {
  streams.err(`gatectl config flash: ${why}\n`);
  return 1;
}

function readAsked(
  values: ReturnType<typeof readArguments<typeof options>>['values'],
  positionals: readonly string[],
): Asked {
  required(positionals[0], 'a STEP');
  const files = positionals
    .map((name) => ({ name, file: readStepFile(name) }))
    .sort((a, b) => a.file.mark.seq - b.file.mark.seq);
  const sites = new Set(files.map(({ file }) => file.step.site));
  const [site = ''] = sites;
  if (sites.size > 1) throw new UsageError(`the steps are of several sites: ${[...sites]}`);
  const trust = values.trust === undefined ? null : readTrustFile(values.trust);
  refuseUnsigned(files, trust);
  const stages = values.stages === undefined ? [] : parseStages(values.stages);
  if (stages === null) throw new UsageError('--stages is such as 1,10,100%');
  const named = values.to === undefined ? [] : readWords(values.to).map((id) => readId(id, '--to'));
  const asked = { site, files, named, stages, trust };
  for (const { file } of files) {
    const route = routeOf(file.step, stages.length > 0, named);
    if (typeof route === 'object') throw new UsageError(route.problem);
  }
  const probationSeconds = Math.max(0, ...files.map(({ file }) => file.step.probationSeconds));
  const seconds =
    values.timeout === undefined
      ? probationSeconds + spareSeconds
      : readDurationSeconds(values.timeout, '--timeout');
  const isWaiting = values['no-wait'] !== true;
  const broker = readBroker(values);
  return { ...asked, broker, timeoutMs: 1_000 * seconds, blobs: values.blobs, isWaiting };
}

/** A gate would refuse it, and an alarm would go up: better said here. */
function refuseUnsigned(files: Asked['files'], root: TrustList | null): void {
  let trust = root;
  const channelsFirst = [...files].sort(
    (a, b) => Number(b.file.step.channel === 'trust') - Number(a.file.step.channel === 'trust'),
  );
  for (const { name, file } of channelsFirst) {
    const { channel, content } = file.step;
    if (file.envelope.signatures.length === 0)
      throw new UsageError(`${name} is not signed: gatectl config sign ${name} --key FILE`);
    const tallies = tallySignatures(file, trust);
    for (const { by, signed, missing, open } of tallies) {
      const isEnough = channel === 'revocation' ? signed.length > 0 : missing === 0;
      if (!isEnough)
        throw new UsageError(
          `${name}: ${missing} signatures are missing by the ${by}; of ${open.join(', ') || 'nobody on it'}`,
        );
    }
    // The next trust step is signed by the admins of this one.
    const next = channel === 'trust' && content.is === 'body' ? parseTrustList(content.body) : null;
    if (next?.ok === true && trust !== null) trust = next.trust;
  }
}

/** Who is to go by it: those named, or all that the broker and the trust list know. */
function gatesFor({ files, named, trust, isWaiting }: Asked, view: SiteView): readonly string[] {
  const targets = files.map(({ file }) => file.step.target);
  const listed = targets.flatMap((target) => ('kiosks' in target ? target.kiosks : []));
  const isForAll = targets.some((target) => 'all' in target);
  const known = isForAll
    ? [...view.gates().map(({ kiosk }) => kiosk), ...(trust?.kiosks ?? []).map(({ id }) => id)]
    : listed;
  const gates = named.length > 0 ? named : [...new Set(known)].sort();
  for (const kiosk of named)
    if (!isForAll && listed.length > 0 && !listed.includes(kiosk))
      throw new UsageError(`--to ${kiosk}: the step is not for it`);
  if (gates.length === 0 && isWaiting)
    throw new UsageError(
      'no gate is known at this broker: name them with --to, or give --trust; --no-wait only publishes',
    );
  return gates;
}

/** Before the step that names them, or a gate would wait for what nobody has sent. */
function blobsOf({ site, files, blobs }: Asked): readonly OutMessage[] {
  return files.flatMap(({ name, file }) => {
    const { content } = file.step;
    if (content.is === 'body') return [];
    return content.blobs.flatMap((blob) =>
      blobMessages(site, blob.sha256, Buffer.concat(readBlob(blobsFolder(name, blobs), blob))),
    );
  });
}

function stepMessages(
  { site, files, stages, named }: Asked,
  group: readonly string[],
): readonly OutMessage[] {
  return files.flatMap(({ file }) => {
    const { step, mark, envelope } = file;
    const place = { channel: step.channel, seq: mark.seq };
    const payload = encodeEnvelope(envelope);
    const message = (kiosk: string | null): OutMessage => ({
      ...{ topic: stepTopic(site, kiosk, place), payload, retain: true },
    });
    const isForSite = routeOf(step, stages.length > 0, named) === 'site';
    return isForSite ? [message(null)] : group.map(message);
  });
}

/** @returns null: the broker has taken all; else what it did not take, and what to do */
async function publishAll(link: SiteLink, messages: readonly OutMessage[]): Promise<string | null> {
  const results = await Promise.all(
    messages.map(async (message) => ({ message, result: await link.publish(message) })),
  );
  const refused = results.find(({ result }) => !result.ok);
  if (refused === undefined) return null;
  const code = refused.result.ok ? 0 : refused.result.code;
  return (
    `the broker refuses ${refused.message.topic} (code ${code}): its ACL must let this certificate write ` +
    'there (config/broker/acl, an admin’s block)'
  );
}

/**
 * What stands at the broker and is older than what was brought: a gate that comes back would be told it
 * again. After stages, the site's topic has the step too, for gates that are yet to come.
 */
async function tidy(
  link: SiteLink,
  view: SiteView,
  { site, files, stages, named, trust }: Asked,
  gates: readonly string[],
): Promise<void> {
  const messages: OutMessage[] = [];
  for (const { file } of files) {
    const { step, mark, envelope } = file;
    const { channel } = step;
    const place = { channel, seq: mark.seq };
    const isStaged = stages.length > 0 && 'all' in step.target && named.length === 0;
    const isWhole = view.gates().every(({ kiosk }) => gates.includes(kiosk));
    const isForSite = routeOf(step, stages.length > 0, named) === 'site' || (isStaged && isWhole);
    if (!isForSite) continue;
    const topic = stepTopic(site, null, place);
    if (isStaged) messages.push({ topic, payload: encodeEnvelope(envelope), retain: true });
    const isSnapshot =
      channel === 'revocation' &&
      trust !== null &&
      tallySignatures(file, trust).every(({ missing }) => missing === 0);
    if (!standsAlone(channel) && !isSnapshot) continue;
    for (const old of view.desired()) {
      const isOld =
        old.channel === channel &&
        (old.file.mark.seq < mark.seq || (isStaged && old.file.mark.sha256 === mark.sha256));
      if (isOld && old.topic !== topic)
        messages.push({ topic: old.topic, payload: '', retain: true });
    }
  }
  await publishAll(link, messages);
}

function summary(outcomes: readonly GateOutcome[], left: number): string {
  const reached = outcomes.filter(({ isReached }) => isReached).length;
  const failed = outcomes.filter(({ isReached }) => !isReached);
  const rest = left > 0 ? [`${left} gates were not asked`] : [];
  const lines = failed.map(({ kiosk, words }) => `  ${kiosk}: ${words}`);
  const head = [`${reached} of ${outcomes.length} gates go by it`, ...rest].join('; ');
  return [head, ...lines].join('\n');
}
