/** What tests of signed configuration share: three admins on a list, and steps of theirs. */
import { readFileSync, writeFileSync } from 'node:fs';
import { generatePrivateKey } from '../../../config/crypto/ed25519-key.js';
import { formatKeyFile } from '../../../config/crypto/key-file.js';
import { gatectl, type testFolder } from './run-in-place.js';

export const site = 'main-campus';
const roles = ['trust', 'policy', 'revocation', 'device'];

/** Makes keys of ann, ben and cho, each with every role, and the list that names them. */
export function threeAdmins(folder: ReturnType<typeof testFolder>) {
  const names = ['ann', 'ben', 'cho'] as const;
  const keyOf = (name: string): string => folder.path(`${name}.json`);
  const keys = names.map((name) => {
    const key = generatePrivateKey();
    writeFileSync(keyOf(name), formatKeyFile(key));
    return { name, publicKey: key.publicKey.text };
  });
  const admins = keys.map(({ name, publicKey }) => ({ name, publicKey, roles }));
  const list = { issuers: [], admins };
  const trust = folder.write('trust.json', list);
  const sign = async (file: string, ...by: (typeof names)[number][]): Promise<string> => {
    for (const name of by) {
      const { code, err } = await gatectl(['config', 'sign', file, '--key', keyOf(name)]);
      if (code !== 0) throw new Error(err);
    }
    return file;
  };
  return { list, trust, keyOf, sign };
}

/** Takes a step's file; returns its payload, parsed. */
export function payloadOf(file: string): Record<string, unknown> {
  const { payload } = JSON.parse(readFileSync(file, 'utf8'));
  return JSON.parse(Buffer.from(payload, 'base64').toString('utf8'));
}
