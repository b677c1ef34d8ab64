/** What the guard alone may do was done by a guard on duty, at a press, after a look. */
import { createHmac } from 'node:crypto';
import type { World } from '../world.js';
import {
  attemptOf,
  attestedIn,
  type Checkers,
  eachGate,
  hasSoundDevices,
  isGrant,
  isOverride,
  type ReadGate,
  type Row,
  saidMs,
  shownIn,
} from './readout.js';

export const guardCheckers: Checkers = {
  'what only a guard may do was done by the guard on duty': eachGate(withoutDuty),
  'it was done at a press of CONFIRM or OPEN': eachGate(withoutPress),
  'CONFIRM counts only for what was shown for a second': eachGate(confirmedTooSoon),
  'nobody’s word stands for a paper that failed': eachGate(failedAndAttested),
  'a child passes behind its adult, and no more than the guard let pass': eachGate(children),
};

/** Records of what only a guard on duty may do. */
const guarded = [
  'attested',
  'case-selected',
  'measured-by-hand',
  'accompanied',
  'ticket-settled',
  'override',
  'override-reason',
];
const dutyMsMax = 12 * 3_600_000;
/** A contact settles, a loop takes its turn. */
const toldMs = 500;
/** Clocks of gates in trouble are hours off at most, by the world's own faults. */
const clockErrorMsMax = 4 * 3_600_000;

const tokenOf = (pepper: Uint8Array, guard: string): string =>
  createHmac('sha256', pepper).update(`campus-id:${guard}`).digest('hex').slice(0, 32);

function withoutDuty(gate: ReadGate, world: World): string[] {
  const { badges, boots, clockTroubles } = gate.end.truth;
  const tokens = new Map(world.guards.map((guard) => [guard, tokenOf(world.pepper, guard)]));
  return gate.rows.flatMap((row) => {
    if (!guarded.includes(row.type)) return [];
    const atMs = saidMs(gate, row);
    const wallMs = world.truth.startWallMs + atMs;
    const errorMs = clockTroubles.length > 0 ? clockErrorMsMax : 1_000;
    const boot = boots.find(({ bootId }) => bootId === row.bootId);
    const shown = badges.filter(
      (badge) =>
        badge.isNextHeld &&
        badge.atMs <= atMs &&
        badge.atMs >= (boot?.fromMs ?? Number.POSITIVE_INFINITY),
    );
    // A badge that did not come through leaves the one before on duty.
    const onDuty = hasSoundDevices(world) ? shown.slice(-1) : shown;
    const isNamed = onDuty.some(
      (badge) =>
        tokens.get(badge.guard) === row['guard'] &&
        wallMs <= badge.expiresWallMs + errorMs &&
        atMs - badge.atMs <= dutyMsMax + 1_000,
    );
    return isNamed ? [] : [`record ${row.seq} ${row.type} by nobody on duty`];
  });
}

function withoutPress(gate: ReadGate): string[] {
  const { presses } = gate.end.truth;
  const spans = {
    confirm: presses.filter(({ button }) => button === 'confirm'),
    open: presses.filter(({ button }) => button === 'open'),
  };
  return gate.rows.flatMap((row) => {
    if (!guarded.includes(row.type) || row['accompanies'] != null) return [];
    const button = isOverride(row) ? 'open' : 'confirm';
    const atMs = saidMs(gate, row);
    const isPressed = spans[button].some(
      ({ fromMs, toMs }) => fromMs <= atMs && atMs <= toMs + toldMs,
    );
    return isPressed ? [] : [`record ${row.seq} ${row.type} without a press`];
  });
}

function confirmedTooSoon(gate: ReadGate): string[] {
  const { prompts } = gate.end.truth;
  const { promptShownMs } = gate.end.state.settings.policy.settings;
  return gate.rows.flatMap((row) => {
    if (row.type !== 'panel' || row['button'] !== 'confirm' || row['result'] !== 'done') return [];
    const atMs = saidMs(gate, row);
    const shown = prompts.findLast((it) => it.atMs < atMs);
    return shown !== undefined && shown.id === row['prompt'] && atMs - shown.atMs >= promptShownMs
      ? []
      : [`record ${row.seq}: ${row['prompt']} confirmed, ${shown?.id} shown since ${shown?.atMs}`];
  });
}

/** A failed scan of which nobody knows the kind may have been any paper. */
const kindUnknown = ['unknown-key', 'bad-signature', 'bad-claims'];

function failedAndAttested({ rows }: ReadGate): string[] {
  const failed = new Map<string, Row>();
  return rows.flatMap((row) => {
    const refused = row['refused'] as { kind: string | null } | undefined;
    const [reason = ''] = row['reasons'] === undefined ? [] : (row['reasons'] as string[]);
    if (refused !== undefined && row['attempt'] !== null) {
      const isCertificate =
        refused.kind === 'resumption-certificate' ||
        (refused.kind === null && kindUnknown.includes(reason));
      if (isCertificate) failed.set(attemptOf(row), row);
    }
    if (!isGrant(row)) return [];
    const isShown = shownIn(row).some(({ kind }) => kind === 'resumption-certificate');
    const isSaid = attestedIn(row).some(({ what }) => what === 'resumption-certificate');
    const needsIt = row['rule'] === 'posted-service' || row['rule'] === 'resident-outside-unit';
    return needsIt && isSaid && !isShown && failed.has(attemptOf(row))
      ? [`grant ${row.seq} on a word for what failed in ${failed.get(attemptOf(row))?.seq}`]
      : [];
  });
}

function children(gate: ReadGate): string[] {
  const { rows } = gate;
  const faults: string[] = [];
  const seqs = new Set(rows.filter((row) => isGrant(row) || isOverride(row)).map(({ seq }) => seq));
  for (const row of rows) {
    const adult = row['accompanies'];
    if (!isOverride(row) || adult == null || adult === 0) continue;
    if (!seqs.has(Number(adult))) faults.push(`child ${row.seq} behind nobody`);
    const isAllowed = rows.some(
      (it) => it.type === 'accompanied' && it.seq < row.seq && it.bootId === row.bootId,
    );
    if (!isAllowed) faults.push(`child ${row.seq} that no guard let pass`);
  }
  return faults;
}
