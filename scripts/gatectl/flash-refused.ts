/** What must not be published: a step in the place of a newer one, or one that gates refuse for sure. */
import { signersOf } from '../../config/crypto/dsse.js';
import type { TrustList } from '../../kiosk/credential/trust.js';
import { routeOf } from '../../kiosk/settings/admin/roll-out.js';
import { type Desired, isDesiredOf, type SiteView } from '../../kiosk/settings/admin/site-view.js';
import {
  conflictAtBroker,
  conflictsAtGate,
  type StepConflict,
} from '../../kiosk/settings/admin/step-conflicts.js';
import type { StepFile } from '../../kiosk/settings/admin/step-file.js';
import { stepTopic } from '../../kiosk/settings/admin/step-topics.js';
import type { Channel } from '../../kiosk/settings/signed/config-step.js';
import type { Asked } from './flash-asked.js';

/**
 * @param asked the steps, and who they are for
 * @param gates that are to go by them
 * @param view of what stands at the broker, and what gates report, before anything is published
 * @returns null: nothing stands against it; else what does, and what to do
 */
export function refusedBefore(
  asked: Asked,
  gates: readonly string[],
  view: SiteView,
): string | null {
  const files = asked.files.map(({ file }) => file);
  const atGates = gates.flatMap((kiosk) =>
    conflictsAtGate(files, kiosk, view.gate(kiosk).reported),
  );
  const standing = view.desired();
  const atBroker = files.flatMap((file) => conflictsAtBroker(asked, file, gates, standing));
  const conflicts = [...atBroker, ...atGates];
  if (conflicts.length === 0) return null;
  const unjudged =
    atBroker.length > 0 && asked.trust === null
      ? ['--trust FILE passes over what nobody on that list has signed']
      : [];
  return ['nothing was published', ...conflictLines(conflicts), ...unjudged].join('\n  ');
}

/** With what it would be published over, and what else stands there for the same gates. */
function conflictsAtBroker(
  { site, stages, named, trust }: Asked,
  file: StepFile,
  gates: readonly string[],
  standing: readonly Desired[],
): readonly StepConflict[] {
  const { step, mark } = file;
  const isForSite = routeOf(step, stages.length > 0, named) === 'site';
  const topic = isForSite ? stepTopic(site, null, { channel: step.channel, seq: mark.seq }) : null;
  return standing.flatMap((it) => {
    const conflict = conflictAtBroker(file, it);
    if (conflict === null) return [];
    const isInPlace = it.topic === topic || gates.some((kiosk) => isDesiredOf(it, kiosk));
    // What nobody known has signed is no step: it keeps no other one out.
    return isInPlace && (trust === null || isSignedByAny(it.file, trust)) ? [conflict] : [];
  });
}

function isSignedByAny({ envelope }: StepFile, { admins }: TrustList): boolean {
  const keys = admins.map(({ key }) => key);
  return signersOf(envelope, keys).length > 0;
}

/** What is in the way, a line each, and what to do. */
function conflictLines(conflicts: readonly StepConflict[]): readonly string[] {
  const byWords = new Map<string, Set<string>>();
  for (const conflict of conflicts) {
    const words = reasonWords(conflict);
    const who = conflict.kiosk ?? 'every gate';
    byWords.set(words, (byWords.get(words) ?? new Set()).add(who));
  }
  const lines = [...byWords].map(([words, who]) => words.replace(whoPlace, [...who].join(', ')));
  const newest = new Map<Channel, StepConflict>();
  for (const conflict of conflicts) {
    const best = newest.get(conflict.channel);
    if (best === undefined || best.other.seq < conflict.other.seq)
      newest.set(conflict.channel, conflict);
  }
  const isOfSome = conflicts.some(({ at, kiosk }) => at !== 'along' && kiosk !== null);
  const rest = isOfSome ? ['or leave those gates out: --to names the others'] : [];
  return [...lines, ...[...newest.values()].map(nextWords), ...rest];
}

function nextWords({ channel, other: { seq, sha256 } }: StepConflict): string {
  const make = channel === 'revocation' ? 'gatectl revoke' : 'gatectl config new';
  return (
    `make the next step on ${channel} ${seq}: ${make} --previous with its file, or ` +
    `--seq ${seq + 1} --prev-sha256 ${sha256}`
  );
}

const placeWords = {
  broker: 'stands at the broker for',
  gate: 'was accepted by',
  along: 'is brought along, and goes first, to',
} as const;
const whoPlace = '\u0000';

function reasonWords({ channel, mark, why, other, at }: StepConflict): string {
  const step = `${channel} ${mark.seq}`;
  const found = `${channel} ${other.seq}`;
  const short = (sha256: string): string => `sha256 ${sha256.slice(0, 12)}…`;
  const place = `${placeWords[at]} ${whoPlace}`;
  switch (why) {
    case 'rollback':
      return `${step} is older (rollback): ${found} ${place}`;
    case 'equivocation':
      return (
        `another ${found} (${short(other.sha256)}; this one is ${short(mark.sha256)}) ${place}: ` +
        'a number counts once (equivocation)'
      );
    case 'broken-link':
      return (
        `${step} does not name the step before it (broken-link): ${found} ` +
        `(${short(other.sha256)}) ${place}`
      );
  }
}
