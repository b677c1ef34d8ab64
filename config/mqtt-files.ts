/**
 * The files that reporting needs: the gate's own key, and where the broker is reached by TLS the
 * authority's certificate and the gate's. Read and looked at before the gate starts.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { PrivateKey } from './crypto/ed25519-key.js';
import { parseKeyFile } from './crypto/key-file.js';
import type { MqttConfig } from './kiosk-config.js';
import type { Problem } from './problems.js';
import { readSmallFile } from './read-file.js';
import { groupOrOthersAnything } from './secret.js';

export interface MqttFiles {
  /** secret: signs checkpoints */
  readonly deviceKey: PrivateKey;
  /** PEM texts; the key is secret */
  readonly tls: {
    readonly authority: string;
    readonly certificate: string;
    readonly key: string;
  } | null;
}

/** A gate's certificate that ends within so many days is to be told of. */
export const certificateDaysSoon = 30;

/** Where a state directory keeps the gate's own key. */
export function deviceKeyPath(stateDirectory: string): string {
  return join(stateDirectory, 'keys', 'device.json');
}

/** Reads what `mqtt` names; never throws. @returns the files, or every problem */
export function readMqttFiles(
  { tls }: MqttConfig,
  stateDirectory: string,
): { readonly files: MqttFiles | null; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const take = (file: string, what: string, isSecret: boolean): Uint8Array | null => {
    const read = readSmallFile(file);
    const problem = !read.ok
      ? `${what} ${read.problem}`
      : isSecret && (read.mode & groupOrOthersAnything) !== 0
        ? `others than its owner may use it: run chmod 600 '${file}'`
        : null;
    if (problem !== null) problems.push({ file, place: '', problem });
    return read.ok && problem === null ? read.bytes : null;
  };
  const pem = (file: string, what: string, isSecret: boolean): string | null => {
    const bytes = take(file, what, isSecret);
    const text = bytes === null ? null : Buffer.from(bytes).toString('latin1');
    if (text === null || isPem(text, isSecret)) return text;
    problems.push({ file, place: '', problem: `is no ${isSecret ? 'key' : 'certificate'} in PEM` });
    return null;
  };
  const keyFile = deviceKeyPath(stateDirectory);
  const bytes = take(keyFile, "the gate's own key", true);
  const parsed = bytes === null ? null : parseKeyFile(bytes);
  if (parsed?.ok === false) problems.push({ file: keyFile, place: '', problem: parsed.problem });
  const texts =
    tls === undefined
      ? null
      : {
          authority: pem(tls.authority, "the broker's authority", false),
          certificate: pem(tls.certificate, "the gate's certificate", false),
          key: pem(tls.key, "the certificate's key", true),
        };
  if (tls !== undefined && texts?.certificate != null && texts.key !== null) {
    const isPair = new X509Certificate(texts.certificate).checkPrivateKey(
      createPrivateKey(texts.key),
    );
    if (!isPair)
      problems.push({ file: tls.key, place: '', problem: `is not the key of ${tls.certificate}` });
  }
  if (parsed?.ok !== true || problems.length > 0) return { files: null, problems };
  return { files: { deviceKey: parsed.key, tls: texts as MqttFiles['tls'] }, problems };
}

/**
 * Reads the gate's own key where the gate does not report: it may be there, so that the journal is
 * signed. Never throws. @returns the key, null where there is none, or every problem
 */
export function readDeviceKey(stateDirectory: string): {
  readonly key: PrivateKey | null;
  readonly problems: readonly Problem[];
} {
  const file = deviceKeyPath(stateDirectory);
  const read = readSmallFile(file);
  if (!read.ok && read.problem === 'does not exist') return { key: null, problems: [] };
  const fail = (problem: string) => ({ key: null, problems: [{ file, place: '', problem }] });
  if (!read.ok) return fail(`the gate's own key ${read.problem}`);
  if ((read.mode & groupOrOthersAnything) !== 0)
    return fail(`others than its owner may use it: run chmod 600 '${file}'`);
  const parsed = parseKeyFile(read.bytes);
  return parsed.ok ? { key: parsed.key, problems: [] } : fail(parsed.problem);
}

function isPem(text: string, isKey: boolean): boolean {
  try {
    if (isKey) createPrivateKey(text);
    else new X509Certificate(text);
    return true;
  } catch {
    return false;
  }
}
