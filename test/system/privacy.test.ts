/**
 * Nothing private leaks: a day of people with cards, a fever and details typed in the booth, and then
 * a search through everything that is left of it, byte by byte.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeBase64url } from '../../config/crypto/base64url.js';
import { openSealed } from '../../kiosk/evidence/seal.js';
import { openLog } from '../../kiosk/log.js';
import {
  type Case,
  confirms,
  type Fresh,
  feverish,
} from '../../scripts/simulated-board/cases/case.js';
import { outsideCases } from '../../scripts/simulated-board/cases/outside.js';
import { residentCases } from '../../scripts/simulated-board/cases/residents.js';
import { returningCases } from '../../scripts/simulated-board/cases/returning.js';
import { playDay } from '../../scripts/simulated-board/day.js';
import { shippedConfiguration } from '../../scripts/simulated-board/shipped.js';

const typed = {
  name: '欧阳试样',
  phone: '13900651234',
  'campus-address': '教化街92号5单元',
  'where-from': '长春市朝阳区',
  transport: 'G1237-05车',
  'vehicle-plate': '黑A9F3K7',
  service: '校医院120急救',
};

const typedTexts = Object.values(typed);

const details: Case = {
  rule: 'guard',
  clause: '八',
  gate: 'in',
  name: 'details typed in the booth, before and after, and about an emergency',
  expected: 'refer fever, released, locked',
  async play({ in: gate }, { person, guardId }) {
    await gate.badge(guardId);
    await gate.laysCard(person);
    await confirms(gate, 'case:returning-tenant');
    const { name, phone, transport } = typed;
    const { 'campus-address': address, 'where-from': from } = typed;
    await gate.details({ name, phone, transport, 'campus-address': address, 'where-from': from });
    await gate.measure(feverish);
    await gate.press('emergency');
    await gate.pause(121_000);
    const { 'vehicle-plate': plate, service } = typed;
    await gate.details({ 'vehicle-plate': plate, service, people: '3' }, null);
  },
};

let folder: string;
let registryPrivateKey: Uint8Array;
const people: Fresh[] = [];
let left: Buffer;
let walBytes = 0;
const inWal: string[] = [];

/** What must not be found in clear, each in the ways in which a card, a page and a database write it. */
function secretsOf({
  person,
  otherPerson,
  household,
  campusId,
  guardId,
}: Fresh): readonly string[] {
  const ofCards = [person, otherPerson].flatMap(({ name, number, address }) => [
    name,
    number,
    number.slice(0, 17),
    number.slice(-8),
    ...(address === undefined ? [] : [address]),
  ]);
  return [...ofCards, `"${household}"`, campusId, guardId];
}

function found(bytes: Buffer, secrets: readonly string[]): readonly string[] {
  return secrets.filter(
    (secret) =>
      bytes.includes(Buffer.from(secret, 'utf8')) || bytes.includes(Buffer.from(secret, 'utf16le')),
  );
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gate-kiosk-privacy-'));
  const log = openLog({ level: 'trace', file: join(folder, 'gate.log') });
  const seen: string[] = [];
  const cases = [...outsideCases, ...returningCases.slice(0, 8), ...residentCases, details];
  const results = await playDay({
    ...shippedConfiguration(),
    log,
    folder,
    cases: cases.map((one) => ({
      ...one,
      play(stages, fresh) {
        people.push(fresh);
        return one.play(stages, fresh);
      },
    })),
    opened: (campus) => {
      registryPrivateKey = campus.registryPrivateKey;
    },
    saw: (what) => void seen.push(JSON.stringify(what)),
    played() {
      // While the gates run: what has not come into the database yet.
      for (const name of readdirSync(folder).filter((it) => it.endsWith('-wal'))) {
        const bytes = readFileSync(join(folder, name));
        walBytes += bytes.length;
        inWal.push(...found(bytes, [...people.slice(-2).flatMap(secretsOf), ...typedTexts]));
      }
    },
  });
  expect(results.filter(({ asExpected }) => !asExpected)).toEqual([]);
  expect(seen.length).toBeGreaterThan(1_000);
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
  left = Buffer.concat([...files, Buffer.from(seen.join('\n'), 'utf8')]);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('after a day of people at the gates', () => {
  test('no name, number, address, campus id or household is in database, log, effect or picture', () => {
    expect(people.length).toBeGreaterThan(40);
    expect(found(left, people.flatMap(secretsOf))).toEqual([]);
    expect(walBytes).toBeGreaterThan(100_000);
    expect(inWal).toEqual([]);
  });

  test('nothing of what was typed in the booth is, nor a fever’s exact value', () => {
    expect(found(left, typedTexts)).toEqual([]);
    expect(left.toString('latin1')).not.toMatch(/"bodyCentidegrees":3[89]\d\d/);
    expect(left.toString('latin1')).toContain('"band":"fever"');
  });

  test('the search finds what is there: a mask, a title, and anything that leaks', () => {
    expect(found(left, ['****', '请到门卫处', 'returning-tenant'])).toHaveLength(3);
    const [first] = people;
    if (first === undefined) throw new Error('nobody');
    for (const encoding of ['utf8', 'utf16le'] as const) {
      const leaky = Buffer.concat([left, Buffer.from(first.person.number, encoding)]);
      expect(found(leaky, secretsOf(first))).toContain(first.person.number);
    }
  });

  test('and the registry’s private key opens it all', () => {
    const texts: string[] = [];
    for (const name of readdirSync(folder).filter((it) => it.endsWith('.db'))) {
      const database = new Database(join(folder, name));
      const rows = database
        .prepare<[], { salt: Buffer; box: Buffer }>('SELECT salt, box FROM sealed')
        .all();
      for (const { salt, box } of rows) {
        const part = { salt: salt.toString('hex'), box: encodeBase64url(box) };
        const opened = openSealed(registryPrivateKey, part);
        if (opened.ok) texts.push(JSON.stringify(opened.contents));
      }
      database.close();
    }
    const all = texts.join('\n');
    expect(texts.length).toBeGreaterThan(15);
    for (const text of typedTexts) expect(all).toContain(text);
    expect(people.filter(({ person }) => all.includes(person.number)).length).toBeGreaterThan(10);
    expect(all).toContain('"type":"temperature"');
  });
});
