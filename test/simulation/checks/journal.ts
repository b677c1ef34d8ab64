/** The journals: whole, in order, and saying nothing that is nobody's business. */
import { checkChain } from '../../../kiosk/journal/chain.js';
import type { World } from '../world.js';
import { type Checkers, eachGate, hasSoundDevices, isCalm, type ReadGate } from './readout.js';

export const journalCheckers: Checkers = {
  'the chain holds': eachGate(chainHolds),
  'time never runs back over the records of a journal': eachGate(timeRunsBack),
  'nothing private stands in a record': eachGate(secretsTold),
  'all is written': eachGate(unwritten),
  'records say whether the gate heard of the others': eachGate(hearing),
  'every body is counted': eachGate(uncountedBodies),
  'healed, whoever may pass does': ({ world }) => world.deaths,
  'with every part sound and a good guard, whoever may pass does': ({ world }) => turnedAway(world),
};

function chainHolds({ end }: ReadGate): string[] {
  const check = checkChain(end.disk.rows);
  return check.ok ? [] : [`record ${check.seq}: ${check.why}`];
}

/** What a failing disk could not take is written later, with the time at which it was said. */
function timeRunsBack({ end, rows }: ReadGate): string[] {
  let latest = '';
  const { sayings, diskTroubles } = end.truth;
  return rows.flatMap((row) => {
    const saying = sayings.get(row.seq);
    const isLate =
      saying !== undefined &&
      diskTroubles.some(({ fromMs, toMs }) => fromMs <= saying.atMs && saying.atMs <= toMs);
    const isBack = row.at < latest && !isLate;
    if (row.at > latest) latest = row.at;
    return isBack ? [`record ${row.seq} of ${row.at} after ${latest}`] : [];
  });
}

function secretsTold({ end }: ReadGate, { truth }: World): string[] {
  const text = Buffer.concat(end.disk.rows.map(({ bytes }) => bytes));
  const faults: string[] = [];
  for (const secret of truth.secrets) if (text.includes(secret)) faults.push(`"${secret}"`);
  if (text.includes('GK1:')) faults.push('the text of a paper');
  return faults;
}

function unwritten({ end }: ReadGate): string[] {
  const { sent, failed } = end.state.unwritten;
  return sent.size + failed.length + end.state.late.length === 0
    ? []
    : [`${sent.size} sent, ${failed.length} failed, ${end.state.late.length} late`];
}

function hearing({ end, rows }: ReadGate): string[] {
  const { partitions, sayings } = end.truth;
  return rows.flatMap((row) => {
    if (typeof row['hearsOthers'] !== 'boolean') return [];
    const atMs = sayings.get(row.seq)?.atMs ?? Number.NaN;
    const isCut = partitions.some(({ fromMs, toMs }) => fromMs < atMs && atMs < toMs);
    return row['hearsOthers'] && isCut ? [`record ${row.seq} in a partition`] : [];
  });
}

/** Where nothing fails the sensor sees all who walk. */
function uncountedBodies({ end, rows }: ReadGate, world: World): string[] {
  if (!isCalm(world) || !hasSoundDevices(world)) return [];
  const counted = ['passed', 'passed-slowly', 'tailgate', 'accompanied', 'forced'];
  const isCounted = (outcome: unknown): boolean => counted.includes(String(outcome));
  const count = rows.filter((row) => row.type === 'passage' && isCounted(row['outcome'])).length;
  const walked = end.truth.walks.filter(({ how, passes }) => passes && how !== 'comes-back').length;
  return count === walked ? [] : [`${walked} walked, ${count} are recorded`];
}

function turnedAway(world: World): string[] {
  const { mischief, carelessness } = world.options;
  if (!isCalm(world) || mischief + carelessness > 0) return [];
  return world.truth.visits
    .filter(({ mustPass, outcome }) => mustPass && outcome !== 'through')
    .map(({ story, gate, atMs, outcome }) => `${story} at ${gate} at ${atMs}: ${outcome}`);
}
