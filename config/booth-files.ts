/**
 * The files that the booth's listener needs: certificate and key, and the token. Read and looked at
 * before the gate starts, so that nobody finds out in the booth.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { BoothConfig } from './kiosk-config.js';
import type { Problem } from './problems.js';
import { readSmallFile } from './read-file.js';
import { decodeSecret, groupOrOthersAnything, secretProblem } from './secret.js';

export interface BoothFiles {
  /** PEM texts; the key is secret */
  readonly tls: { readonly certificate: string; readonly key: string } | null;
  /** secret: 32 bytes */
  readonly token: Uint8Array | null;
}

/** A booth that needs no file. */
export const noBooth: BoothConfig = { port: 0 };

/** Reads what a booth's configuration names; never throws. @returns the files, and every problem */
export function readBoothFiles({ tls, tokenFile }: BoothConfig): {
  readonly files: BoothFiles;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const take = (file: string, what: string, isSecret: boolean): Uint8Array | null => {
    const read = readSmallFile(file);
    const problem = !read.ok
      ? `the booth's ${what} ${read.problem}`
      : isSecret && (read.mode & groupOrOthersAnything) !== 0
        ? `others than its owner may use it: run chmod 600 '${file}'`
        : null;
    if (problem !== null) problems.push({ file, place: '', problem });
    return read.ok && problem === null ? read.bytes : null;
  };
  const files = {
    tls: tls === undefined ? null : readPair(tls, take, problems),
    token: tokenFile === undefined ? null : readToken(tokenFile, take, problems),
  };
  return { files, problems };
}

type Take = (file: string, what: string, isSecret: boolean) => Uint8Array | null;

function readToken(file: string, take: Take, problems: Problem[]): Uint8Array | null {
  const bytes = take(file, 'token', true);
  const token = bytes === null ? null : decodeSecret(bytes);
  if (bytes !== null && token === null) problems.push({ file, place: '', problem: secretProblem });
  return token;
}

function readPair(
  { certificate, key }: NonNullable<BoothConfig['tls']>,
  take: Take,
  problems: Problem[],
): BoothFiles['tls'] {
  const texts = {
    certificate: textOf(take(certificate, 'certificate', false)),
    key: textOf(take(key, 'key', true)),
  };
  const parsed = {
    certificate: attempt(texts.certificate, (text) => new X509Certificate(text)),
    key: attempt(texts.key, createPrivateKey),
  };
  const fault = (file: string, problem: string): null => {
    problems.push({ file, place: '', problem });
    return null;
  };
  if (texts.certificate !== null && parsed.certificate === null)
    fault(certificate, 'is no certificate in PEM: it begins with -----BEGIN CERTIFICATE-----');
  if (texts.key !== null && parsed.key === null)
    fault(key, 'is no private key in PEM without a passphrase');
  if (parsed.certificate === null || parsed.key === null) return null;
  if (parsed.certificate.subjectAltName === undefined)
    return fault(certificate, 'names no host: make it with a subjectAltName (DNS: or IP:)');
  if (!parsed.certificate.checkPrivateKey(parsed.key))
    return fault(key, `is not the key of ${certificate}`);
  if (texts.certificate === null || texts.key === null) return null;
  return { certificate: texts.certificate, key: texts.key };
}

function textOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('latin1');
}

function attempt<T>(text: string | null, parse: (text: string) => T): T | null {
  if (text === null) return null;
  try {
    return parse(text);
  } catch {
    return null;
  }
}
