/**
 * Writes the test vectors: `node dist/test/vectors/make.js test/vectors/gk1.json`. The keys are
 * made here and thrown away, so every run makes another file of the same meaning.
 */
import { writeFileSync } from 'node:fs';
import { generatePrivateKey } from '../../config/crypto/ed25519-key.js';
import type { VectorFile } from './format.js';
import { makeClaimVectors } from './make-claims.js';
import { makeEnvelopeVectors } from './make-envelope.js';
import { makeJudgementVectors } from './make-judgement.js';
import { type Keys, keyNames, makeTrustLists } from './make-lists.js';
import { refusedRevocationLists, refusedTrustLists } from './make-refused.js';

const keys: Keys = Object.fromEntries(keyNames.map((name) => [name, generatePrivateKey()])) as Keys;
const file: VectorFile = {
  profile: 'GK1',
  trustLists: makeTrustLists(keys),
  vectors: [...makeEnvelopeVectors(keys), ...makeClaimVectors(keys), ...makeJudgementVectors(keys)],
  refusedTrustLists: refusedTrustLists(keys),
  refusedRevocationLists: refusedRevocationLists(keys),
};
const names = new Set(file.vectors.map(({ name }) => name));
if (names.size < file.vectors.length) throw new Error('two vectors have one name');

/** One vector a line, so that a change shows as one. */
const lines = (items: readonly unknown[]) =>
  `[\n${items.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`;
const text = `{
  "profile": "GK1",
  "trustLists": ${JSON.stringify(file.trustLists, null, 2).replaceAll('\n', '\n  ')},
  "vectors": ${lines(file.vectors)},
  "refusedTrustLists": ${lines(file.refusedTrustLists)},
  "refusedRevocationLists": ${lines(file.refusedRevocationLists)}
}
`;
const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('the file to write is required');
writeFileSync(path, text);
