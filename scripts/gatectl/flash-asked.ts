/** What `gatectl config flash` is asked: which steps, to whom, in which stages, by which broker. */
import type { TrustList } from '../../kiosk/credential/trust.js';
import { parseTrustList } from '../../kiosk/credential/trust.js';
import { parseStages, routeOf, type Stage } from '../../kiosk/settings/admin/roll-out.js';
import type { SiteView } from '../../kiosk/settings/admin/site-view.js';
import { type StepFile, tallySignatures } from '../../kiosk/settings/admin/step-file.js';
import type { Channel } from '../../kiosk/settings/signed/config-step.js';
import { type BrokerAccess, brokerOptions, readBroker } from './broker-options.js';
import { readArguments, required, UsageError } from './command.js';
import { readStepFile } from './config-files.js';
import { missingWords, readId } from './config-words.js';
import { readTrustFile } from './files.js';
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

export interface Asked {
  readonly site: string;
  readonly files: readonly { readonly name: string; readonly file: StepFile }[];
  readonly named: readonly string[];
  readonly stages: readonly Stage[];
  readonly trust: TrustList | null;
  readonly broker: BrokerAccess;
  readonly timeoutMs: number;
  readonly blobs: string | undefined;
  readonly isWaiting: boolean;
  readonly isJson: boolean;
}

/** Takes the arguments; returns what is asked. Throws UsageError, also for a step that gates would refuse. */
export function readAsked(args: readonly string[]): Asked {
  const { values, positionals } = readArguments(args, options, stepsMax);
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
  const words = values.to === undefined ? [] : readWords(values.to);
  const named = [...new Set(words.map((id) => readId(id, '--to')))];
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
  if (!isWaiting && stages.length > 0)
    throw new UsageError(
      '--stages waits for the gates of each stage: it does not go with --no-wait',
    );
  const isJson = values.json === true;
  const broker = readBroker(values);
  return { ...asked, broker, timeoutMs: 1_000 * seconds, blobs: values.blobs, isWaiting, isJson };
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
    for (const { by, signed, missing, open, others } of tallies) {
      const isEnough = channel === 'revocation' ? signed.length > 0 : missing === 0;
      if (!isEnough)
        throw new UsageError(
          `${name}: ${missingWords(missing)} by the ${by}; of ${open.join(', ') || 'nobody on it'}${uselessWords(others, channel)}`,
        );
    }
    // The next trust step is signed by the admins of this one.
    const next = channel === 'trust' && content.is === 'body' ? parseTrustList(content.body) : null;
    if (next?.ok === true && trust !== null) trust = next.trust;
  }
}

function uselessWords(count: number, channel: Channel): string {
  if (count === 0) return '';
  const them = count === 1 ? 'signature is of a key' : 'signatures are of keys';
  const they = count === 1 ? 'it counts' : 'they count';
  return `\n${count} of its ${them} without the role ${channel} on this list: ${they} for nothing there`;
}

/** @returns who is to go by it: those named, or all that the broker and the trust list know. Throws UsageError */
export function gatesFor(
  { site, files, named, trust, isWaiting }: Asked,
  view: SiteView,
): readonly string[] {
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
  // Of another site than this broker's nobody would ever take it.
  if (named.length === 0 && isWaiting && (gates.length === 0 || view.gates().length === 0))
    throw new UsageError(
      `no gate is known at this broker, nothing of site ${site} is there: is the name right? ` +
        'Gates that are yet to come are named with --to; --no-wait only publishes',
    );
  return gates;
}
