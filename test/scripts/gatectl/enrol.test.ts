/** `gatectl enrol`: what the file holds, who signed its certificate, and what is refused before it is made. */
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { identityProblem } from '../../../kiosk/enrol/certificate.js';
import { type Enrolment, readEnrolment } from '../../../kiosk/enrol/enrolment.js';
import { readPassphrase } from '../../../kiosk/enrol/passphrase.js';
import { openFile } from '../../../kiosk/enrol/sealed-file.js';
import { canMakeCertificates, whyNoCertificates } from '../../certificates.js';
import { ask, bareBoard } from '../../kiosk/enrol/stage.js';
import { gatectl, testFolder } from './run-in-place.js';

type Folder = ReturnType<typeof testFolder>;

/** A site's files; the words that enrol a gate of it. */
async function site() {
  const folder = testFolder();
  const { path } = folder;
  await gatectl(['keys', 'new', '--out', path('office.json')]);
  const office = ['--list', path('trust.json'), '--name', 'office', '--key', path('office.json')];
  await gatectl(['keys', 'trust', ...office, '--kinds', 'exit-entry-ticket']);
  await gatectl(['keys', 'pepper', '--out', path('pepper')]);
  const words = (change: Readonly<Record<string, string | null>> = {}): string[] => {
    const options: Record<string, string | null> = {
      site: 'main-campus',
      kiosk: 'north-gate-out-1',
      zone: 'north-gate:campus-gate',
      direction: 'out',
      base: 'config/kiosk.example.json',
      trust: path('trust.json'),
      pepper: path('pepper'),
      out: path('gate.enrol'),
      ...change,
    };
    const given = Object.entries(options).flatMap(([name, value]) =>
      value === null ? [] : [`--${name}`, value],
    );
    return ['enrol', ...given];
  };
  return { ...folder, words };
}

/** What a file says to whoever has the passphrase. */
function open(file: string, passphrase: string): Enrolment {
  const read = readPassphrase(passphrase);
  const opened = openFile(readFileSync(file), read.ok ? read.digits : '');
  if (!opened.ok) throw new Error(opened.why);
  const judged = readEnrolment(opened.content, Date.now());
  if (!judged.ok) throw new Error(JSON.stringify(judged));
  return judged.enrolment;
}

function authority({ path }: Folder): string {
  const folder = path('ca');
  execFileSync('sh', ['scripts/broker-ca.sh', 'authority', folder]);
  return folder;
}

test('makes one file for its owner alone, and prints the passphrase that opens it', async () => {
  const { words, path } = await site();
  const { code, out, err } = await gatectl([...words({ groups: 'a,b' }), '--json']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const answer = JSON.parse(out);
  const file = path('gate.enrol');
  expect(answer).toMatchObject({ file, kiosk: 'north-gate-out-1', certificate: null });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const { config, trustText, pepper, broker, issuedMs, expiresMs } = open(file, answer.passphrase);
  expect(config).toMatchObject({
    site: 'main-campus',
    kiosk: 'north-gate-out-1',
    zone: { name: 'north-gate', kind: 'campus-gate' },
    direction: 'out',
    groups: ['a', 'b'],
    devices: { scanner: { driver: 'line' } },
  });
  expect(config.$schema).toBeUndefined();
  expect(trustText).toBe(readFileSync(path('trust.json'), 'utf8'));
  const line = readFileSync(path('pepper'), 'latin1').trim();
  expect(Buffer.from(pepper).toString('base64url')).toBe(line);
  expect(broker).toBeNull();
  expect(expiresMs - issuedMs).toBe(7 * 86_400_000);
  expect(readFileSync(file).includes(line)).toBe(false);
});

test('keeps the passphrase to a file where one is asked for', async () => {
  const { words, path } = await site();
  const { out } = await gatectl(words({ 'passphrase-out': path('passphrase'), days: '2' }));
  const passphrase = readFileSync(path('passphrase'), 'utf8');
  expect(statSync(path('passphrase')).mode & 0o777).toBe(0o600);
  expect(out).not.toContain(passphrase.trim());
  expect(open(path('gate.enrol'), passphrase).expiresMs).toBeLessThan(Date.now() + 2 * 86_400_000);
});

describe.skipIf(!canMakeCertificates)(`for an mqtts broker${whyNoCertificates}`, () => {
  test('it holds a certificate of the gate’s own name from the site’s authority, and its key', async () => {
    const folder = await site();
    const ca = authority(folder);
    const broker = 'mqtts://broker.example:8883';
    const { out, err } = await gatectl([...folder.words({ broker, ca }), '--json']);
    expect(err).toBe('');
    const answer = JSON.parse(out);
    const enrolment = open(folder.path('gate.enrol'), answer.passphrase);
    const tls = enrolment.broker;
    if (tls === null) throw new Error('no certificate');
    expect(identityProblem(tls, 'north-gate-out-1', Date.now())).toBeNull();
    expect(identityProblem(tls, 'north-gate-in-1', Date.now())).toContain('north-gate-out-1');
    expect(identityProblem(tls, 'north-gate-out-1', Date.now() + 800 * 86_400_000)).toContain(
      'expired',
    );
    const certificate = new X509Certificate(tls.certificate);
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(answer.certificate.serial).toBe(certificate.serialNumber);
    expect(enrolment.config.mqtt).toEqual({
      broker,
      tls: {
        authority: '/var/lib/gate-kiosk/keys/broker-ca.pem',
        certificate: '/var/lib/gate-kiosk/keys/broker-client.pem',
        key: '/var/lib/gate-kiosk/keys/broker-client.key',
      },
    });
    // The authority's folder keeps no key of a gate, and the same command makes another one.
    expect(readdirSync(ca).toSorted()).toEqual(['ca.key', 'ca.pem']);
    const again = await gatectl([...folder.words({ broker, ca, out: folder.path('b') }), '--json']);
    expect(JSON.parse(again.out).certificate.serial).not.toBe(answer.certificate.serial);
  });

  test('parts of two gates, or of two authorities, are found out', async () => {
    const [one, two] = [await site(), await site()];
    const broker = 'mqtts://broker.example:8883';
    const made = async (folder: typeof one) => {
      const { out } = await gatectl([...folder.words({ broker, ca: authority(folder) }), '--json']);
      return open(folder.path('gate.enrol'), JSON.parse(out).passphrase).broker;
    };
    const [first, second] = [await made(one), await made(two)];
    if (first === null || second === null) throw new Error('no certificate');
    const name = 'north-gate-out-1';
    expect(identityProblem({ ...first, key: second.key }, name, Date.now())).toContain('key');
    const foreign = { ...first, authority: second.authority };
    expect(identityProblem(foreign, name, Date.now())).toContain('not signed');
  });

  test('a board that asked keeps its key: certificate and trust list are of what it has', async () => {
    const folder = await site();
    const board = bareBoard();
    const { text, checkNumber, publicKey } = ask(board, 'north-gate-out-1');
    const request = folder.write('request', text);
    const broker = 'mqtts://broker.example:8883';
    const asked = { broker, ca: authority(folder), request };
    const { out, err } = await gatectl([...folder.words(asked), '--json']);
    expect(err).toBe('');
    const answer = JSON.parse(out);
    expect(answer.checkNumber).toBe(checkNumber);
    const enrolment = open(folder.path('gate.enrol'), answer.passphrase);
    expect(enrolment).toMatchObject({ device: publicKey, broker: { key: null } });
    const key = readFileSync(`${board.keys}.requested/broker-client.key`, 'utf8');
    const identity = { authority: '', certificate: '', ...enrolment.broker, key };
    expect(identityProblem(identity, 'north-gate-out-1', Date.now())).toBeNull();
    const trustText = readFileSync(folder.path('trust.json'), 'utf8');
    expect(enrolment.trustText).toBe(trustText);
    expect(JSON.parse(trustText).kiosks).toEqual([{ id: 'north-gate-out-1', publicKey }]);

    // Answered again, it is on the list already; asked for in another name, it is nobody's.
    const again = await gatectl(folder.words({ ...asked, out: folder.path('again') }));
    expect([again.err, readFileSync(folder.path('trust.json'), 'utf8')]).toEqual(['', trustText]);
    const other = await gatectl(
      folder.words({ ...asked, kiosk: 'south-gate', out: folder.path('b') }),
    );
    expect(other.err).toContain('main-campus/north-gate-out-1');
    const changed = folder.write('changed', text.replace('north-gate-out-1', 'north-gate-out-2'));
    const words = { ...asked, request: changed, kiosk: 'north-gate-out-2', out: folder.path('b') };
    expect((await gatectl(folder.words(words))).err).toContain('sig');
  });

  test('whoever finds another number on the board is told how to take the key off again', async () => {
    const folder = await site();
    const trust = folder.path('trust.json');
    const before = readFileSync(trust, 'utf8');
    const request = folder.write('request', ask(bareBoard(), 'north-gate-out-1').text);
    const asked = { broker: 'mqtts://broker.example:8883', ca: authority(folder), request };
    const { out } = await gatectl(folder.words(asked));
    const [, words = ''] = /gatectl (keys remove .*)$/m.exec(out) ?? [];
    const undone = await gatectl(words.split(' '));
    expect([undone.code, undone.err]).toEqual([0, '']);
    expect({ kiosks: [], ...JSON.parse(before) }).toEqual(JSON.parse(readFileSync(trust, 'utf8')));
  });

  test('without an authority nothing is made', async () => {
    const { words, path } = await site();
    const broker = 'mqtts://broker.example:8883';
    expect((await gatectl(words({ broker }))).err).toContain('--ca');
    const missing = await gatectl(words({ broker, ca: path('nothing') }));
    expect([missing.code, missing.err]).toEqual([2, expect.stringContaining('broker-ca.sh')]);
    expect(existsSync(path('gate.enrol'))).toBe(false);
  });
});

describe('is refused, and no file is made,', () => {
  test.each([
    [{ kiosk: 'North Gate' }, 'kiosk'],
    [{ zone: 'north-gate' }, 'NAME:KIND'],
    [{ zone: 'north-gate:kitchen' }, 'zone.kind'],
    [{ direction: 'up' }, 'direction'],
    [{ days: '31' }, '--days'],
    [{ days: '0' }, '--days'],
    [{ broker: 'https://broker:1' }, 'mqtt.broker'],
    [{ ca: '/etc' }, '--ca'],
    [{ base: null }, '--base'],
    [{ trust: '/etc/passwd' }, '/etc/passwd'],
    [{ pepper: '/etc/passwd' }, '/etc/passwd'],
  ] as const)('with %o', async (change, said) => {
    const { words, path } = await site();
    const { code, err } = await gatectl(words(change));
    expect([code, err]).toEqual([2, expect.stringContaining(said)]);
    expect(existsSync(path('gate.enrol'))).toBe(false);
  });

  test('over another file', async () => {
    const folder = await site();
    folder.write('gate.enrol', 'somebody’s');
    expect((await gatectl(folder.words())).err).toContain('not overwritten');
    expect(readFileSync(folder.path('gate.enrol'), 'utf8')).toBe('somebody’s');
  });
});
