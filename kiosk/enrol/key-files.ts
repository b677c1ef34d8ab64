/** The folder of keys that an enrolment gives a board. */
import { encodeBase64url } from '../../config/crypto/base64url.js';
import type { PrivateKey } from '../../config/crypto/ed25519-key.js';
import { formatKeyFile } from '../../config/crypto/key-file.js';
import { type BoardPaths, keyNames } from './board-paths.js';
import { identityProblem } from './certificate.js';
import type { Enrolment } from './enrolment.js';
import { requestedKeys } from './request.js';

/** A board's own keys: made here, or in the file for the certificate. */
export interface OwnKeys {
  readonly device: PrivateKey;
  /** secret: PEM; null: there is no certificate */
  readonly certificateKey: string | null;
}

/**
 * Takes an enrolment, the paths and how a device key is made; returns the keys that the board is to
 * have: those that wait for this answer, or a fresh device key. Null: this file answers other keys.
 */
export function ownKeys(
  { device, broker, config, issuedMs }: Enrolment,
  paths: BoardPaths,
  makeKey: () => PrivateKey,
): OwnKeys | null {
  if (device === null) return { device: makeKey(), certificateKey: broker?.key ?? null };
  const waiting = requestedKeys(paths);
  if (waiting?.device.publicKey.text !== device) return null;
  if (broker === null) return { device: waiting.device, certificateKey: null };
  const identity = { ...broker, key: waiting.certificateKey };
  return identityProblem(identity, config.kiosk, issuedMs) === null ? waiting : null;
}

/** Takes an enrolment and the board's keys; returns the texts of the folder by their names. */
export function keyFiles(
  { id, trustText, pepper, broker }: Enrolment,
  { device, certificateKey }: OwnKeys,
): Readonly<Record<string, string>> {
  return {
    [keyNames.trust]: trustText,
    [keyNames.pepper]: `${encodeBase64url(pepper)}\n`,
    [keyNames.device]: formatKeyFile(device),
    ...(broker !== null &&
      certificateKey !== null && {
        [keyNames.authority]: broker.authority,
        [keyNames.certificate]: broker.certificate,
        [keyNames.certificateKey]: certificateKey,
      }),
    [keyNames.enrolment]: `${JSON.stringify({ id })}\n`,
  };
}
