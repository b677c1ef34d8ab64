/** The three PEM texts by which a gate is known to its broker: do they belong together, and to this gate? */
import { createPrivateKey, X509Certificate } from 'node:crypto';

export interface BrokerIdentity {
  /** who signed the certificates of the broker and of the gate */
  readonly authority: string;
  readonly certificate: string;
  /** secret; null: it has never left the board, and is not looked at here */
  readonly key: string | null;
}

/** Takes a certificate in PEM; returns who it is of, its number and its end. Throws for what is none. */
export function certificateFacts(pem: string): {
  readonly name: string;
  readonly serial: string;
  readonly untilMs: number;
} {
  const { subject, serialNumber, validTo } = new X509Certificate(pem);
  // The one name and nothing beside it: of two a broker might take the other.
  const name = /^CN=(.*)$/.exec(subject)?.[1] ?? '';
  return { name, serial: serialNumber, untilMs: Date.parse(validTo) };
}

/**
 * Takes the texts, the id of the gate and the time in milliseconds; returns what is wrong with them, in
 * words that hold nothing of the key, or null. Never throws.
 */
export function identityProblem(
  { authority, certificate, key }: BrokerIdentity,
  kiosk: string,
  wallMs: number,
): string | null {
  try {
    const own = new X509Certificate(certificate);
    const signer = new X509Certificate(authority);
    const { name, untilMs } = certificateFacts(certificate);
    if (name !== kiosk) return `the certificate is of ${name}, and the gate is ${kiosk}`;
    if (!own.checkIssued(signer) || !own.verify(signer.publicKey))
      return 'the certificate was not signed by the authority beside it';
    if (key !== null && !own.checkPrivateKey(createPrivateKey(key)))
      return 'the key is not that of the certificate';
    return untilMs <= wallMs ? 'the certificate has expired' : null;
  } catch {
    return 'authority, certificate or key is no PEM text';
  }
}
