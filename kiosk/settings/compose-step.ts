/**
 * The other side of `signed/config-step.ts`: from what an admin wants to the exact bytes that are signed.
 * What comes out is read again as a gate reads it, so that nobody signs what no gate takes. Pure but for
 * hashing.
 */
import { createHash } from 'node:crypto';
import { encodeEnvelope, envelopeLimits } from '../../config/crypto/dsse.js';
import { formatRfc3339 } from '../../config/rfc3339.js';
import { type BlobName, type ConfigStep, parseConfigStep } from './signed/config-step.js';
import { configPayloadType } from './signed/judge-step.js';

export type StepOrder = Omit<ConfigStep, 'content'> & { readonly body: unknown };

export interface Blob extends BlobName {
  readonly body: Uint8Array;
}

export type Composed =
  | {
      readonly ok: true;
      readonly payload: Uint8Array;
      /** hex, of the payload: the next step names it */
      readonly sha256: string;
      readonly step: ConfigStep;
      /** the body, where it is too large to stand in an envelope with all its signatures */
      readonly blob: Blob | null;
    }
  | { readonly ok: false; readonly problem: string };

const signatureExample = { keyid: '0'.repeat(64), sig: new Uint8Array(64) };

/**
 * @param order what the step says; its body is JSON, and has been judged by its channel's own reader
 * @returns the payload, or why no gate would take it
 */
export function composeStep(order: StepOrder): Composed {
  const { body, channel } = order;
  const inPlace = payloadOf(order, { body });
  const isSmall = fitsEnvelope(inPlace);
  if (!isSmall && channel === 'trust')
    return { ok: false, problem: 'body: a trust list must fit into one message: it is too large' };
  const blob = isSmall ? null : blobOf(body);
  const payload =
    blob === null
      ? inPlace
      : payloadOf(order, { blobs: [{ sha256: blob.sha256, bytes: blob.bytes }] });
  if (!fitsEnvelope(payload))
    return { ok: false, problem: 'selfTest, target and reason are too large for one message' };
  const read = parseConfigStep(payload, envelopeLimits.bytesMax);
  if (!read.ok) return read;
  return { ok: true, payload, sha256: sha256Of(payload), step: read.step, blob };
}

/** In the members' one order, in the spelling that a gate asks for. */
function payloadOf(order: StepOrder, content: object): Uint8Array {
  const { site, channel, seq, prevSha256, issuedMs, expiresMs, target, requires } = order;
  const { minVersion, probationSeconds, selfTest, reason } = order;
  const text = JSON.stringify({
    ...{ site, channel, seq, prevSha256 },
    ...{ issued: formatRfc3339(issuedMs), expires: formatRfc3339(expiresMs) },
    ...{ target, requires: Object.fromEntries(requires), minVersion, probationSeconds, selfTest },
    ...content,
    reason,
  });
  return Buffer.from(text, 'utf8');
}

/** With as many signatures as an envelope may have: passed on for one more, it must not grow too large. */
function fitsEnvelope(payload: Uint8Array): boolean {
  const signatures = Array<typeof signatureExample>(envelopeLimits.signaturesMax).fill(
    signatureExample,
  );
  const message = encodeEnvelope({ payloadType: configPayloadType, payload, signatures });
  return message.length <= envelopeLimits.bytesMax;
}

function blobOf(value: unknown): Blob {
  const body = Buffer.from(JSON.stringify(value), 'utf8');
  return { sha256: sha256Of(body), bytes: body.length, body };
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
