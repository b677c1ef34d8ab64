/** `gatectl config flash`: steps to the broker, and every gate on its way until it goes by them. */
import type { OutMessage } from '../../kiosk/report/broker-link.js';
import { goalsOf, stageGates, trackGate } from '../../kiosk/settings/admin/roll-out.js';
import { siteView } from '../../kiosk/settings/admin/site-view.js';
import type { StepFile } from '../../kiosk/settings/admin/step-file.js';
import { adminFilters } from '../../kiosk/settings/admin/step-topics.js';
import { jsonLine, printable } from './collect-output.js';
import { type ExitCode, type Streams, UsageError } from './command.js';
import { gatesFor, readAsked } from './flash-asked.js';
import { isDryRun, tryStep } from './flash-dry-run.js';
import { blobsOf, stepMessages, tidyMessages } from './flash-messages.js';
import { refusedBefore } from './flash-refused.js';
import { type GateOutcome, watchGates } from './flash-watch.js';
import { openSiteLink, type SiteLink, unsettledWords } from './site-link.js';

const stoppedWords =
  'gatectl config flash: stopped; what was published stays at the broker, and gates go on with it: ' +
  'gatectl config status shows how far they are\n';

/** @returns 0: every gate goes by it; 1: one does not or would not, or the broker did not take it */
export async function flashSteps(args: readonly string[], streams: Streams): Promise<ExitCode> {
  if (isDryRun(args)) return await tryStep(args, streams);
  const asked = readAsked(args);
  const { site } = asked;
  const files = asked.files.map(({ file }) => file);
  const messages = blobsOf(asked);
  const view = siteView(site);
  const opened = await openSiteLink({
    ...{ broker: asked.broker, site, filters: adminFilters(site) },
    message: (message) => view.take(message),
    down: (why) => streams.err(`gatectl config flash: no connection, trying again: ${why}\n`),
  });
  if (!opened.ok) return refuse(streams, opened.why);
  const { link } = opened;
  let isOver = (): void => {};
  try {
    // Of gates that are named nobody asks whether there are others.
    if (!(await link.settled()) && asked.named.length === 0)
      streams.err(`gatectl config flash: ${unsettledWords}\n`);
    const isQuiet = asked.isJson;
    const say = async (line: string): Promise<void> => {
      if (!isQuiet) await streams.out(`${line}\n`);
    };
    const gates = gatesFor(asked, view);
    const groups = asked.stages.length > 0 ? stageGates(asked.stages, gates) : [gates];
    if (groups === null) throw new UsageError('--stages grow: 1,10,100%');
    const inTheWay = refusedBefore(asked, gates, view);
    if (inTheWay !== null) return refuse(streams, inTheWay);
    isOver = streams.whenStopped?.(stoppedWords) ?? isOver;
    const before = view.desired();
    const outcomes: GateOutcome[] = [];
    const refused = await publishAll(link, messages);
    if (refused !== null) return refuse(streams, refused);
    for (const [index, group] of groups.entries()) {
      if (groups.length > 1)
        await say(`stage ${index + 1} of ${groups.length}: ${group.join(', ')}`);
      let done: readonly GateOutcome[] = [];
      for (const part of partsOf(files)) {
        const goals = goalsOf(part);
        const trackers = new Map(
          group.map((kiosk) => [kiosk, trackGate(goals, view.gate(kiosk).reported)]),
        );
        const why = await publishAll(link, stepMessages(asked, part, group));
        if (why !== null) return refuse(streams, why);
        for (const { step, mark } of part)
          await say(`published ${step.channel} ${mark.seq}: ${printable(step.reason)}`);
        if (!asked.isWaiting) continue;
        const { timeoutMs } = asked;
        const stopsAtFirst = asked.stages.length > 0;
        done = await watchGates({
          ...{ link, view, trackers, timeoutMs, stopsAtFirst, say, streams },
        });
        if (!done.every(({ isReached }) => isReached)) break;
      }
      outcomes.push(...done);
      if (!done.every(({ isReached }) => isReached)) break;
    }
    if (!asked.isWaiting) return 0;
    const isDone = outcomes.length === gates.length && outcomes.every(({ isReached }) => isReached);
    if (isDone) await publishAll(link, tidyMessages([...before, ...view.desired()], asked, gates));
    const left = gates.length - outcomes.length;
    if (isQuiet) await streams.out(jsonLine({ ok: isDone, gates: outcomes, left }));
    await say(summary(outcomes, left));
    return isDone ? 0 : 1;
  } finally {
    isOver();
    await link.close();
  }
}

/**
 * The trust list first, until the gates go by it: the signatures of the others are judged by it, and one who
 * is not on the old list would be an alarm.
 */
function partsOf(files: readonly StepFile[]): readonly (readonly StepFile[])[] {
  const isTrust = ({ step }: StepFile): boolean => step.channel === 'trust';
  const parts = [files.filter(isTrust), files.filter((file) => !isTrust(file))];
  return parts.filter((part) => part.length > 0);
}

function refuse(streams: Streams, why: string): ExitCode {
  streams.err(`gatectl config flash: ${why}\n`);
  return 1;
}

/** @returns null: the broker has taken all; else what it did not take, and what to do */
async function publishAll(link: SiteLink, messages: readonly OutMessage[]): Promise<string | null> {
  const results = await Promise.all(
    messages.map(async (message) => ({ message, result: await link.publish(message) })),
  );
  const refused = results.find(({ result }) => !result.ok);
  if (refused === undefined) return null;
  const { result, message } = refused;
  const how = result.ok || result.code === null ? 'ends the connection at' : 'refuses';
  const code = result.ok || result.code === null ? '' : ` (code ${result.code})`;
  return (
    `the broker ${how} ${message.topic}${code}: its ACL must let this certificate write ` +
    'there (config/broker/acl, an admin’s block)'
  );
}

function summary(outcomes: readonly GateOutcome[], left: number): string {
  const reached = outcomes.filter(({ isReached }) => isReached).length;
  const failed = outcomes.filter(({ isReached }) => !isReached);
  const rest = left > 0 ? [`${left} ${left === 1 ? 'gate was' : 'gates were'} not asked`] : [];
  const lines = failed.map(({ kiosk, words }) => `  ${kiosk}: ${words}`);
  const head = [`${reached} of ${outcomes.length} gates go by it`, ...rest].join('; ');
  return [head, ...lines].join('\n');
}
