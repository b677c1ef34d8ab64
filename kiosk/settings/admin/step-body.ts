/** The body of a step as an admin has it in a file: read by the reader that its channel has at a gate. Pure. */
import { parseDeviceOverlay } from '../../../config/device-overlay.js';
import type { Policy } from '../../../config/policy.js';
import { loadPolicy } from '../../../config/policy-schema.js';
import type { PlacedProblem } from '../../../config/problems.js';
import { parseStrictJsonBytes } from '../../../config/strict-json.js';
import { decodeUtf8 } from '../../../config/utf8.js';
import { parseRevocationsBytes, type Revocations } from '../../credential/revocations.js';
import { parseTrustList, type TrustList } from '../../credential/trust.js';
import type { Channel } from '../signed/config-step.js';
import { thresholdOf } from '../signed/judge-step.js';

/** A policy is some 12 kB, a trust list some 100. */
const bodyBytesMax = 1_048_576;

export type StepBody =
  | { readonly channel: 'trust'; readonly value: unknown; readonly trust: TrustList }
  | { readonly channel: 'policy'; readonly value: unknown; readonly policy: Policy }
  | { readonly channel: 'revocation'; readonly value: unknown; readonly revocations: Revocations }
  | { readonly channel: 'device'; readonly value: unknown };

export type StepBodyResult =
  | { readonly ok: true; readonly body: StepBody }
  | { readonly ok: false; readonly problems: readonly [PlacedProblem, ...PlacedProblem[]] };

/**
 * @param channel whose body it is
 * @param bytes JSON
 * @returns the body, or what a gate would refuse it for. A device's body is judged by itself; whether it
 *   goes with what stands in the file of a gate only that gate can tell
 */
export function readStepBody(channel: Channel, bytes: Uint8Array): StepBodyResult {
  if (channel === 'revocation') {
    const read = parseRevocationsBytes(bytes);
    if (!read.ok) return refused(read.problems);
    // Strictly read above, and a million ids quicker than by a strict reader once more.
    const value: unknown = JSON.parse(decodeUtf8(bytes) ?? '');
    return { ok: true, body: { channel, value, revocations: read.revocations } };
  }
  const json = parseStrictJsonBytes(bytes, bodyBytesMax);
  if (!json.ok) return refused(json.problems);
  const { value } = json;
  if (channel === 'trust') {
    const read = parseTrustList(value);
    if (!read.ok) return refused(read.problems);
    const problem = lockedOut(read.trust);
    return problem === null
      ? { ok: true, body: { channel, value, trust: read.trust } }
      : refused([problem]);
  }
  if (channel === 'policy') {
    const read = loadPolicy(value);
    return read.ok
      ? { ok: true, body: { channel, value, policy: read.policy } }
      : refused(read.problems);
  }
  const read = parseDeviceOverlay(value);
  return read.ok ? { ok: true, body: { channel, value } } : refused(read.problems);
}

/** A list that its own admins could not change again is taken by no gate. */
function lockedOut(trust: TrustList): PlacedProblem | null {
  const able = trust.admins.filter(({ roles }) => roles.has('trust')).length;
  const must = thresholdOf(trust, 'trust');
  if (able >= must) return null;
  const problem = `${able} have the role trust, and ${must} must sign the next list: nobody could change it again`;
  return { place: 'admins', problem };
}

function refused(problems: readonly PlacedProblem[]): StepBodyResult {
  const [first = { place: '', problem: 'is refused' }, ...others] = problems;
  return { ok: false, problems: [first, ...others] };
}
