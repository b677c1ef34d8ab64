/** `gatectl config`: a step is made, passed on from admin to admin, compared, and put in its row. */
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { shippedPolicyPath } from '../../../config/load.js';
import type { Policy } from '../../../config/policy.js';
import { parseTrustListBytes } from '../../../kiosk/credential/trust.js';
import { judgeStep } from '../../../kiosk/settings/signed/judge-step.js';
import { payloadOf, site, threeAdmins } from './admins.js';
import { gatectl, testFolder } from './run-in-place.js';

const shipped = JSON.parse(readFileSync(shippedPolicyPath, 'utf8')) as Policy;
/** Few rules, so that all their cases are looked at in no time. */
const policy: Policy = {
  ...shipped,
  rules: shipped.rules.filter(({ id }) => id === 'duty-staff' || id === 'lab-staff'),
};
const fresh = ['--site', site, '--seq', '1', '--reason', 'term begins'];

function context(trustFile: string) {
  const read = parseTrustListBytes(readFileSync(trustFile));
  if (!read.ok) throw new Error('no list');
  const facts = { site, kiosk: 'gate-1', groups: [], version: '1.0.0', marks: new Map() };
  return { ...facts, trust: read.trust, floorMs: null, nowMs: Date.now() };
}

describe('new and sign', () => {
  test('make a policy’s step that a gate takes once two of three have signed', async () => {
    const folder = testFolder();
    const { trust, keyOf } = threeAdmins(folder);
    const [out, body] = [folder.path('p1.json'), folder.write('policy.json', policy)];
    const words = ['--channel', 'policy', '--body', body, '--out', out, ...fresh];
    const made = await gatectl(['config', 'new', ...words, '--target', 'kiosk:gate-1,gate-2']);
    expect([made.code, made.err]).toEqual([0, '']);
    expect(payloadOf(out)).toMatchObject({
      ...{ site, channel: 'policy', seq: 1, prevSha256: null, probationSeconds: 600 },
      target: { kiosks: ['gate-1', 'gate-2'] },
    });
    const judge = () => judgeStep(readFileSync(out), { ...context(trust), channel: 'policy' });
    expect(judge()).toMatchObject({ why: 'not-signed' });
    const sign = (name: string) =>
      gatectl(['config', 'sign', out, '--key', keyOf(name), '--trust', trust]);
    const first = await sign('ann');
    expect(first.out).toContain('1 of 2: ann; 1 more of ben, cho');
    expect(judge()).toMatchObject({ is: 'taken', signed: 'few' });
    // The same key once more is still one.
    expect((await sign('ann')).out).toContain('1 of 2: ann');
    const second = await sign('cho');
    expect(second.out).toContain('2 of 2: ann, cho; enough');
    expect(judge()).toMatchObject({ is: 'taken', signed: 'all', signers: ['ann', 'cho'] });
  });

  test('several keys sign at once, each with its passphrase, or none of them does', async () => {
    const folder = testFolder();
    const { trust, keyOf } = threeAdmins(folder);
    const [out, body] = [folder.path('d1.json'), folder.write('device.json', {})];
    await gatectl(['config', 'new', '--channel', 'device', '--body', body, '--out', out, ...fresh]);
    await gatectl(['keys', 'new', '--out', keyOf('eve')]);
    const sign = (...names: string[]) =>
      gatectl([
        ...['config', 'sign', out, '--trust', trust],
        ...names.flatMap((name) => ['--key', keyOf(name)]),
      ]);
    expect((await sign('ann', 'eve')).err).toContain('would not count');
    expect((await sign('ann', 'ann')).err).toContain('given twice');
    expect(JSON.parse(readFileSync(out, 'utf8')).signatures).toEqual([]);
    const signed = await sign('ann', 'ben');
    expect([signed.code, signed.out]).toEqual([0, expect.stringContaining('2 of 2: ann, ben')]);
  });

  test('a trust list is signed by enough of the old and of the new', async () => {
    const folder = testFolder();
    const { trust, list, keyOf } = threeAdmins(folder);
    const out = folder.path('t1.json');
    await gatectl(['keys', 'new', '--out', keyOf('dan')]);
    const next = folder.write('next.json', list);
    const dan = ['--list', next, '--name', 'dan', '--key', keyOf('dan'), '--roles', 'trust'];
    await gatectl(['keys', 'admin', ...dan]);
    const words = ['--channel', 'trust', '--body', next, '--out', out, ...fresh];
    expect((await gatectl(['config', 'new', ...words])).code).toBe(0);
    const sign = (name: string) =>
      gatectl(['config', 'sign', out, '--key', keyOf(name), '--trust', trust]);
    const first = await sign('dan');
    expect(first.out).toContain('0 of 2 (list in force)');
    expect(first.out).toContain('1 of 2 (new list): dan');
    await sign('ann');
    expect((await sign('ben')).out).toContain('config flash');
    expect(judgeStep(readFileSync(out), { ...context(trust), channel: 'trust' })).toMatchObject({
      is: 'taken',
      signers: ['ann', 'ben'],
    });
  });

  test('refuses what no gate would take, and a key whose signature would not count', async () => {
    const folder = testFolder();
    const { trust, keyOf } = threeAdmins(folder);
    const config = (channel: string, body: unknown, ...words: string[]) => {
      const file = folder.write('body.json', body);
      const out = ['--out', folder.path('x.json')];
      return gatectl(['config', 'new', '--channel', channel, '--body', file, ...out, ...words]);
    };
    const twice = { ...policy, rules: [...policy.rules, policy.rules[0]] };
    expect((await config('policy', twice, ...fresh)).err).toContain('rules[');
    expect((await config('trust', { issuers: [] }, ...fresh)).err).toContain('nobody could change');
    expect((await config('revocation', { holder: [] }, ...fresh)).err).toContain('unknown member');
    expect((await config('device', [], ...fresh)).err).toContain('must be an object');
    const wired = { devices: { turnstile: { mode: 'level' } } };
    expect((await config('device', wired, ...fresh)).err).toMatch(
      /devices\.turnstile\.mode: .*set from afar/,
    );
    expect((await config('colour', {}, ...fresh)).err).toContain('there are trust, policy');
    const revoked = (...words: string[]) => config('revocation', {}, ...words);
    expect((await revoked(...fresh, '--probation', '60')).err).toContain('never taken back');
    expect((await revoked(...fresh.with(3, '2'))).err).toContain('--previous FILE');
    expect((await revoked(...fresh, '--target', 'gate-1')).err).toContain('kiosk:ID');
    expect((await revoked(...fresh, '--expires', '2019-01-01T00:00:00Z')).err).toContain('before');
    expect((await revoked(...fresh)).code).toBe(0);
    expect((await revoked(...fresh)).err).toContain('is not overwritten: give another --out');
    await gatectl(['keys', 'new', '--out', keyOf('eve')]);
    const sign = ['config', 'sign', folder.path('x.json'), '--key', keyOf('eve'), '--trust', trust];
    expect((await gatectl(sign)).err).toContain('would not count');
    expect((await gatectl(['config', 'sign', trust, '--key', keyOf('ann')])).err).toContain('DSSE');
  });

  test('a policy whose cases do not hold is refused before anybody signs it', async () => {
    const folder = testFolder();
    const otherwise = { ...policy.otherwise, out: 'deny' };
    const body = folder.write('body.json', { ...policy, otherwise });
    const words = ['--channel', 'policy', '--body', body, '--out', folder.path('x.json'), ...fresh];
    const made = await gatectl(['config', 'new', ...words]);
    expect([made.code, made.err]).toEqual([2, expect.stringContaining('refuses on a way out')]);
    const promise = { cell: 'campus-gate, in: nothing shown', outcome: 'grant resident' };
    const test = ['--self-test', folder.write('promise.json', [promise])];
    expect((await gatectl(['config', 'new', ...words, '--unchecked', ...test])).err).toContain(
      '--self-test: selfTest[0]: deny',
    );
    expect((await gatectl(['config', 'new', ...words, '--unchecked'])).code).toBe(0);
  });

  test('a large body goes into chunks that a gate puts together again', async () => {
    const folder = testFolder();
    const credentials = Array.from({ length: 3_000 }, (_, index) =>
      createHash('sha256').update(`${index}`).digest('hex').slice(0, 32),
    );
    const body = folder.write('list.json', { credentials });
    const words = ['--channel', 'revocation', '--body', body, '--out', folder.path('r.json')];
    expect((await gatectl(['config', 'new', ...words, ...fresh])).out).toContain('blobs');
    const { blobs } = payloadOf(folder.path('r.json')) as { blobs: { sha256: string }[] };
    const [{ sha256 } = { sha256: '' }] = blobs;
    const chunks = [0, 1, 2].flatMap((index) => {
      try {
        return [readFileSync(folder.path(`blobs/${sha256}/${index}`))];
      } catch {
        return [];
      }
    });
    expect(chunks.map(({ length }) => length)[0]).toBe(49_152);
    expect(createHash('sha256').update(Buffer.concat(chunks)).digest('hex')).toBe(sha256);
    // And diff reads it there.
    const one = folder.write('one.json', { credentials: credentials.slice(1) });
    const old = ['config', 'diff', one, folder.path('r.json'), '--channel', 'revocation'];
    const { out } = await gatectl(old);
    expect(out).toContain('credentials 2,999 → 3,000');
    expect(out).toContain('one admin may sign alone');
    writeFileSync(folder.path(`blobs/${sha256}/1`), 'other bytes');
    expect((await gatectl(old)).err).toContain('bytes were changed');
  });
});

describe('diff', () => {
  test('tells of a trust list which keys come, go, and are trusted otherwise', async () => {
    const folder = testFolder();
    const { list } = threeAdmins(folder);
    const [ann, ben, cho] = list.admins;
    const next = {
      ...list,
      admins: [ann, { ...ben, roles: ['policy'] }],
      thresholds: { trust: 1 },
    };
    const [before, after] = [folder.write('a.json', list), folder.write('b.json', next)];
    const { code, out } = await gatectl(['config', 'diff', before, after, '--channel', 'trust']);
    expect(code).toBe(1);
    expect(out).toContain(`- admins cho (${cho?.publicKey})`);
    expect(out).toMatch(/~ admins ben \(.*\["trust","policy".*→.*\["policy"\]/);
    expect(out).toContain('+ thresholds trust: 1');
    expect(out).not.toContain('admins ann');
    expect(out).toContain('as many signatures');
    const same = await gatectl(['config', 'diff', before, before, '--channel', 'trust']);
    expect(same).toMatchObject({ code: 0, out: 'the same\n' });
  });

  test('tells of revocations the counts and the entries, and that lifting one is no tightening', async () => {
    const folder = testFolder();
    const [one, two] = ['11'.repeat(16), '22'.repeat(16)];
    const before = folder.write('a.json', {
      credentials: [one],
      issuers: [{ kid: 'ab'.repeat(8) }],
    });
    const after = folder.write('b.json', { credentials: [two] });
    const words = ['config', 'diff', before, after, '--channel', 'revocation'];
    const { code, out } = await gatectl(words);
    expect(code).toBe(1);
    expect(out).toContain(`+ credentials ${two}`);
    expect(out).toContain(`- credentials ${one}`);
    expect(out).toContain('- issuers abababababababab: always');
    expect(out).toContain('as many signatures');
    expect(JSON.parse((await gatectl([...words, '--json'])).out)).toMatchObject({
      ...{ channel: 'revocation', tightens: false },
      changes: { changed: 3 },
    });
  });

  test('tells of a policy the members that differ, and for whom it decides otherwise', async () => {
    const folder = testFolder();
    const settings = { ...policy.settings, feverCentidegrees: 3_750 };
    const before = folder.write('a.json', policy);
    const after = folder.write('b.json', { ...policy, settings });
    const { code, out } = await gatectl(['config', 'diff', before, after, '--channel', 'policy']);
    expect(code).toBe(1);
    expect(out.split('\n')[3]).toBe('  settings.feverCentidegrees: 3730 → 3750');
    expect(out).toMatch(/refer fever → grant (duty|lab)-staff/);
    expect(out).toContain('as many signatures');
  });
});

describe('history', () => {
  test('shows a chain with its signers, and what breaks it', async () => {
    const folder = testFolder();
    const { trust, sign } = threeAdmins(folder);
    mkdirSync(folder.path('steps'));
    const at = (name: string) => folder.path(`steps/${name}`);
    const body = folder.write('device.json', { devices: { turnstile: { pulseMs: 300 } } });
    const config = (seq: string, ...words: string[]) =>
      gatectl([
        ...['config', 'new', '--channel', 'device', '--site', site, '--body', body],
        ...['--reason', `step ${seq}`, '--seq', seq, '--out', at(`d${seq}.json`), ...words],
      ]);
    await config('1');
    await sign(at('d1.json'), 'ann', 'ben');
    await config('2', '--previous', at('d1.json'));
    await sign(at('d2.json'), 'ben', 'cho');
    const history = (...words: string[]) =>
      gatectl(['config', 'history', folder.path('steps'), '--trust', trust, ...words]);
    const whole = await history();
    expect([whole.code, whole.err]).toEqual([0, '']);
    expect(whole.out).toMatch(/device +1 +\w{12} +first +2\/2 ann,ben .*valid.*step 1/);
    expect(whole.out).toMatch(/device +2 +\w{12} +ok +2\/2 ben,cho/);
    // Another step with the same number, one that names another before it, one with too few signatures.
    await config('3', '--prev-sha256', 'ab'.repeat(32), '--issued', '2020-01-01T00:00:00Z');
    await sign(at('d3.json'), 'ann');
    copyFileSync(at('d2.json'), folder.path('steps/again.json'));
    const { code, out } = await history('--json');
    expect(code).toBe(1);
    const rows = JSON.parse(out) as { seq: number; faults: string[]; time: string }[];
    expect(rows.map(({ seq, faults }) => [seq, faults])).toEqual([
      [1, []],
      [2, []],
      [2, []],
      [3, ['broken-link', 'below-threshold']],
    ]);
    expect(rows[3]?.time).toBe('expired');
  });

  test('follows the trust list from step to step, and judges the others by those lists', async () => {
    const folder = testFolder();
    const { trust, list, keyOf, sign } = threeAdmins(folder);
    mkdirSync(folder.path('steps'));
    const at = (name: string) => folder.path(`steps/${name}`);
    await gatectl(['keys', 'new', '--out', keyOf('dan')]);
    const next = folder.write('next.json', { ...list, admins: list.admins.slice(1) });
    const dan = ['--list', next, '--name', 'dan', '--key', keyOf('dan')];
    await gatectl(['keys', 'admin', ...dan, '--roles', 'trust,device']);
    const config = (channel: string, file: string, ...words: string[]) =>
      gatectl(['config', 'new', '--channel', channel, '--body', file, ...words]);
    await config('trust', next, '--out', at('t1.json'), ...fresh);
    await sign(at('t1.json'), 'ben', 'cho');
    const body = folder.write('device.json', {});
    await config('device', body, '--out', at('d1.json'), ...fresh);
    for (const name of ['dan', 'ben'])
      await gatectl(['config', 'sign', at('d1.json'), '--key', keyOf(name)]);
    const rows = async (...words: string[]) => {
      const { out } = await gatectl([
        'config',
        'history',
        folder.path('steps'),
        '--json',
        ...words,
      ]);
      return (JSON.parse(out) as { channel: string; signed: string; faults: string[] }[]).map(
        ({ channel, signed, faults }) => [channel, signed, faults],
      );
    };
    expect(await rows('--trust', trust)).toEqual([
      ['trust', '2/2+2/2 ben,cho', []],
      ['device', '2/2 ben,dan', []],
    ]);
    // Without the list at the beginning the new one still says who has signed.
    expect((await rows())[0]).toEqual(['trust', '2/2 ben,cho', []]);
  });
});
