/** The issuer that the README shows in another language: it is what it says, and its papers count. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { generatePrivateKey } from '../../config/crypto/ed25519-key.js';
import { formatKeyFile } from '../../config/crypto/key-file.js';
import { noRevocations } from '../../kiosk/credential/revocations.js';
import { parseTrustList } from '../../kiosk/credential/trust.js';
import { verifyCredential } from '../../kiosk/credential/verify.js';

const hasPython = spawnSync('python3', ['-c', 'import cryptography']).status === 0;
const isMissing = !hasPython && process.env['GATE_KIOSK_NO_SKIP'] !== '1';
const folder = mkdtempSync(join(tmpdir(), 'issuer-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.skipIf(isMissing)(
  'thirty lines of Python issue a pass that counts (skipped without python3-cryptography)',
  () => {
    const [, program = ''] = /```python\n(.*?)```/s.exec(readFileSync('README.md', 'utf8')) ?? [];
    expect(program.trimEnd().split('\n')).toHaveLength(30);
    const key = generatePrivateKey();
    const files = { program: join(folder, 'issuer.py'), key: join(folder, 'office.json') };
    writeFileSync(files.program, program);
    writeFileSync(files.key, formatKeyFile(key));
    const issuers = [{ name: 'office', publicKey: key.publicKey.text, kinds: [3] }];
    const trust = parseTrustList({ issuers });
    if (!trust.ok) throw new Error('no trust list');
    for (const household of ['3-1-202', '楼12-4', 'x'.repeat(16)]) {
      const run = spawnSync('python3', [files.program, files.key, household], { encoding: 'utf8' });
      expect(run.stderr).toBe('');
      const nowSeconds = Math.floor(Date.now() / 1_000);
      const verified = verifyCredential(run.stdout.trimEnd(), {
        trust: trust.trust,
        revocations: noRevocations,
        nowSeconds,
      });
      expect(verified).toMatchObject({ ok: true, credential: { claims: { kind: 3, household } } });
    }
  },
);
