/** `gatectl config sign`: one admin's signature onto a step; the file is passed on for the next. */
import { encodeEnvelope, envelopeLimits, signEnvelope } from '../../config/crypto/dsse.js';
import type { PrivateKey } from '../../config/crypto/ed25519-key.js';
import { parseRevocations } from '../../kiosk/credential/revocations.js';
import { parseTrustList, type TrustList } from '../../kiosk/credential/trust.js';
import { isAddition } from '../../kiosk/settings/admin/revoke-order.js';
import { readStep, type StepFile, tallySignatures } from '../../kiosk/settings/admin/step-file.js';
import type { Channel } from '../../kiosk/settings/signed/config-step.js';
import { type ExitCode, readArguments, required, type Streams, UsageError } from './command.js';
import { readStepFile, writeStepFile } from './config-files.js';
import { stepLines, tallyLines } from './config-words.js';
import { readTrustFile } from './files.js';
import { readKeyFiles } from './key-files.js';

const text = { type: 'string' } as const;
const many = { type: 'string', multiple: true } as const;
const options = {
  ...{ key: many, 'passphrase-file': many, trust: text, out: text },
  json: { type: 'boolean' },
} as const;

export async function signStep(args: readonly string[], streams: Streams): Promise<ExitCode> {
  const { values, positionals } = readArguments(args, options, 1);
  const file = required(positionals[0], 'a STEP');
  const step = readStepFile(file);
  const trust = values.trust === undefined ? null : readTrustFile(values.trust);
  const keys = await readKeyFiles(values.key, values['passphrase-file'], streams);
  const signed = keys.reduce((file, key) => addSignature(file, key, trust), step);
  writeStepFile(values.out ?? file, signed.envelope);
  await tellSigned(signed, trust, values, streams);
  return 0;
}

/** @returns the step with that signature. Throws UsageError where the lists at hand give it no weight */
export function addSignature(step: StepFile, key: PrivateKey, trust: TrustList | null): StepFile {
  const { channel, content } = step.step;
  const lists = trust === null ? [] : [trust];
  if (channel === 'trust' && content.is === 'body') {
    const next = parseTrustList(content.body);
    if (next.ok) lists.push(next.trust);
  }
  if (trust !== null) refuseUseless(channel, key, lists);
  const read = readStep(encodeEnvelope(signEnvelope(step.envelope, key)));
  if (read.ok) return refuseWhole(read.file, trust);
  throw new UsageError(`no room for a signature: an envelope has ${envelopeLimits.signaturesMax}`);
}

/** With all its signatures a step of revocations is the whole list, and what only adds would be refused. */
function refuseWhole(signed: StepFile, trust: TrustList | null): StepFile {
  if (!addsRevocations(signed)) return signed;
  const [tally] = tallySignatures(signed, trust);
  const isWhole = tally === undefined ? signed.envelope.signatures.length > 1 : tally.missing === 0;
  if (!isWhole) return signed;
  throw new UsageError(
    'a step that only adds revocations has fewer signatures than the threshold: with all of them a gate ' +
      'takes it for the whole list. gatectl revoke --whole makes a list that all sign',
  );
}

/** Whether a step, as far as its body stands in it, only adds to what is revoked. */
function addsRevocations({ step }: StepFile): boolean {
  if (step.channel !== 'revocation' || step.content.is !== 'body') return false;
  const read = parseRevocations(step.content.body);
  return read.ok && isAddition(step, read.revocations);
}

/** Throws UsageError where none of the lists gives that key the channel's role. */
export function refuseUseless(
  channel: Channel,
  key: PrivateKey,
  lists: readonly TrustList[],
): void {
  const isAble = lists.some(({ admins }) =>
    admins.some((it) => it.key.text === key.publicKey.text && it.roles.has(channel)),
  );
  if (isAble) return;
  throw new UsageError(
    `kid ${key.publicKey.kid} has no role ${channel} on this list: its signature would not count ` +
      '(gatectl keys admin adds one, and config flash brings the list to the gates)',
  );
}

/** Says what was signed, and how many signatures are still missing. */
export async function tellSigned(
  signed: StepFile,
  trust: TrustList | null,
  values: { readonly json?: boolean },
  streams: Streams,
): Promise<void> {
  const { step, mark, envelope } = signed;
  const { channel, seq } = step;
  const tallies = tallySignatures(signed, trust);
  const signatures = envelope.signatures.length;
  if (values.json === true)
    return await streams.out(`${JSON.stringify({ channel, ...mark, signatures, tallies })}\n`);
  const missing = Math.max(0, ...tallies.map((tally) => tally.missing));
  const isAddition = addsRevocations(signed);
  const isEnough = isAddition ? tallies.every((it) => it.signed.length > 0) : missing === 0;
  const next =
    trust === null
      ? `${signatures} ${signatures === 1 ? 'signature' : 'signatures'}; --trust FILE tells which count, and how many are missing`
      : isEnough
        ? `${channel} ${seq} has its signatures: gatectl config flash brings it to the gates`
        : `pass the file on: ${missing} more`;
  const lines = [...stepLines(signed), ...tallyLines(tallies, channel, isAddition), next];
  await streams.out(`${lines.join('\n')}\n`);
}
