/**
 * The other side of `signed/judge-command.ts`: a command as admins sign it, to one gate and for seconds.
 * Pure but for signing.
 */
import { type Envelope, encodeEnvelope, signEnvelope } from '../../config/crypto/dsse.js';
import type { PrivateKey } from '../../config/crypto/ed25519-key.js';
import { formatRfc3339 } from '../../config/rfc3339.js';
import { type Command, commandPayloadType } from './signed/judge-command.js';

export type CommandOrder = Omit<Command, 'args'>;

/**
 * @param order what is asked of whom; it lives a minute at most, or no gate takes it
 * @param keys of the admins who ask for it
 * @returns the message: one envelope with all their signatures
 */
export function composeCommand(order: CommandOrder, keys: readonly PrivateKey[]): Uint8Array {
  const { site, kiosk, id, name, nonce, issuedMs, expiresMs } = order;
  // In the one spelling that a gate asks for.
  const text = JSON.stringify({
    ...{ site, kiosk, id, name, nonce },
    ...{ issued: formatRfc3339(issuedMs), expires: formatRfc3339(expiresMs), args: {} },
  });
  const unsigned: Envelope = {
    payloadType: commandPayloadType,
    payload: Buffer.from(text, 'utf8'),
    signatures: [],
  };
  return encodeEnvelope(keys.reduce<Envelope>(signEnvelope, unsigned));
}
