/**
 * Nothing private leaks: a day of people with cards, fevers and details typed in the booth, and then
 * a search through everything that is left of it, byte by byte.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeBase64url } from '../../config/crypto/base64url.js';
import type { DetailField } from '../../config/vocabulary.js';
import type { IdCard } from '../../drivers/id-card-reader/id-card.js';
import { openSealed } from '../../kiosk/evidence/seal.js';
import type { JsonValue } from '../../kiosk/journal/port.js';
import { openLog } from '../../kiosk/log.js';
import { cardCases } from '../../scripts/simulated-board/cases/cards.js';
import type { Case, Fresh } from '../../scripts/simulated-board/cases/case.js';
import { externalCases } from '../../scripts/simulated-board/cases/external.js';
import { feverCases } from '../../scripts/simulated-board/cases/fever.js';
import { outsideUnitCases } from '../../scripts/simulated-board/cases/outside-unit.js';
import { residentCases } from '../../scripts/simulated-board/cases/residents.js';
import { returningCases } from '../../scripts/simulated-board/cases/returning.js';
import { feverish } from '../../scripts/simulated-board/cases/shows.js';
import { visitCases } from '../../scripts/simulated-board/cases/visits.js';
import { playDay } from '../../scripts/simulated-board/day.js';
import type { Campus } from '../../scripts/simulated-board/papers.js';
import { withCheckDigit } from '../../scripts/simulated-board/people.js';
import { shippedConfiguration } from '../../scripts/simulated-board/shipped.js';
import { found, type Secret, secretsOf, secretsOfCard } from './traces.js';

/** Of nobody: a name and a number that no office gave. */
const typed: Readonly<Record<Exclude<DetailField, 'people'>, string>> = {
  name: '欧阳试样',
  'id-number': withCheckDigit('11000019900307033'),
  'campus-address': '教化街92号5单元',
  phone: '0451-55501234',
  'where-from': '长春市朝阳区',
  transport: 'G1237-05车',
  household: 'C9-5-1107',
  'campus-id': 'Q7-55501',
  service: '校医院120急救',
  'vehicle-plate': '黑A9F3K7',
  temperature: '38.47',
};
const typedSecrets: readonly Secret[] = Object.values(typed).map((text) => ({
  whose: 'booth',
  text,
}));

const details: Case = {
  rule: 'guard',
  clause: '八',
  gate: 'in',
  name: 'details typed in the booth, before and after, and about an emergency',
  expected: 'case chosen, details, refer fever, released, locked, emergency details, details',
  async play({ in: gate }, { person, guardId }) {
    await gate.badge(guardId);
    gate.begin();
    await gate.laysCard(person);
    await gate.confirm('case:returning-staff');
    const { service, 'vehicle-plate': plate, temperature, ...ofPerson } = typed;
    expect(await gate.details(ofPerson)).toEqual([]);
    await gate.measure(feverish);
    const { attempt } = gate.state();
    await gate.press('emergency');
    await gate.pause(121_000);
    expect(await gate.details({ service, 'vehicle-plate': plate, people: '3' }, null)).toEqual([]);
    expect(await gate.details({ temperature }, attempt?.serial)).toEqual([]);
  },
};

const cases: readonly Case[] = [
  ...externalCases.slice(0, 20),
  ...cardCases.slice(0, 6),
  ...feverCases.slice(0, 6),
  ...returningCases,
  ...outsideUnitCases.filter(({ name }) => !/hours/.test(name)),
  ...visitCases.slice(0, 8),
  ...residentCases.slice(0, 6),
  details,
];

/** A write-ahead log is looked through this often: it is some megabytes. */
const casesBetweenLooks = 10;

let folder: string;
let campus: Campus;
const people: Fresh[] = [];
const cards: IdCard[] = [];
/** files at the end, and all that left the gates */
let left: Buffer;
/** files beside a database that were searched while its gate ran, by their endings, and what was found */
const searched = new Set<string>();
const inFlight: Secret[] = [];

function secrets(): readonly Secret[] {
  return [...people.flatMap(secretsOf), ...cards.flatMap(secretsOfCard), ...typedSecrets];
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gate-kiosk-privacy-'));
  const log = openLog({ level: 'trace', file: join(folder, 'gate.log') });
  const seen = new Set<string>();
  const results = await playDay({
    ...shippedConfiguration(),
    log,
    folder,
    cases: cases.map((one) => ({
      ...one,
      play(stages, fresh) {
        people.push(fresh);
        const nextPerson: Fresh['nextPerson'] = (kind) => {
          const card = fresh.nextPerson(kind);
          cards.push(card);
          return card;
        };
        return one.play(stages, { ...fresh, nextPerson });
      },
    })),
    opened(offices) {
      campus = offices;
    },
    saw: (what) => void seen.add(JSON.stringify(what)),
    played() {
      if (people.length % casesBetweenLooks !== 0) return;
      // While the gates run: what has not come into the database yet.
      for (const name of readdirSync(folder).filter((it) => /-(wal|shm)$/.test(it))) {
        searched.add(name.slice(-4));
        const recent = [...people.slice(-3).flatMap(secretsOf), ...typedSecrets];
        inFlight.push(...found(readFileSync(join(folder, name)), recent));
      }
    },
  });
  const wrong = results.filter(({ asExpected }) => !asExpected);
  expect(wrong.map(({ case: one, actual }) => [one.name, one.expected, actual])).toEqual([]);
  expect(seen.size).toBeGreaterThan(1_000);
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
  left = Buffer.concat([...files, Buffer.from([...seen].join('\n'), 'utf8')]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** All that the gates have sealed, by whoever has the registry's private key. */
function opened(): readonly JsonValue[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.db'))
    .flatMap((name) => {
      const database = new Database(join(folder, name));
      const rows = database
        .prepare<[], { salt: Buffer; box: Buffer }>('SELECT salt, box FROM sealed')
        .all();
      database.close();
      return rows.flatMap(({ salt, box }) => {
        const part = { salt: salt.toString('hex'), box: encodeBase64url(box) };
        const it = openSealed(campus.registryPrivateKey, part);
        return it.ok ? [it.contents] : [];
      });
    });
}

/** Exact values of all fevers that were measured, hundredths of a degree. */
function feverValues(): readonly number[] {
  return opened().flatMap((contents) => {
    const { type, bodyCentidegrees } = contents as { type?: string; bodyCentidegrees?: number };
    return type === 'temperature' && bodyCentidegrees !== undefined ? [bodyCentidegrees] : [];
  });
}

/** As a JSON number, or in degrees. */
function hasValue(bytes: Buffer, centidegrees: number): boolean {
  const degrees = (centidegrees / 100).toFixed(2);
  const shapes = [`[:,[]${centidegrees}[,}\\]]`, `"${degrees.replace('.', '\\.')}`];
  return shapes.some((shape) => new RegExp(shape).test(bytes.toString('latin1')));
}

describe('after a day of people at the gates', () => {
  test('no name, number, address, campus id or household is in database, log, effect or picture', () => {
    expect(people.length).toBeGreaterThan(60);
    expect(cards.map(({ kind }) => kind).sort()).toEqual([
      'foreign-2017',
      'foreign-2023',
      'hk-macao-taiwan',
      'resident',
    ]);
    expect(found(left, secrets())).toEqual([]);
  });

  test('nor was any beside the databases while the gates ran', () => {
    // One process has the database for itself: there is no index in shared memory.
    expect([...searched]).toEqual(['-wal']);
    expect(inFlight).toEqual([]);
  });

  test('no fever’s exact value is, by sensor or by hand', () => {
    const values = feverValues();
    expect(values.length).toBeGreaterThan(5);
    expect([...values, 3_847].filter((value) => hasValue(left, value))).toEqual([]);
    expect(left.includes('"band":"fever"')).toBe(true);
  });

  test('no paper is, and no key of the site', () => {
    expect(left.includes('GK1:')).toBe(false);
    const keys = [...campus.verifier.peppers, campus.registryPrivateKey].map(Buffer.from);
    for (const key of keys)
      for (const form of [key, key.toString('hex'), key.toString('base64url')])
        expect(left.includes(form)).toBe(false);
  });

  test('the search is no blind one: masks and titles are found, and whatever leaks', () => {
    const shown = ['****', '扫码器', 'returning-tenant'].map((text) => ({ whose: '', text }));
    expect(found(left, shown)).toEqual(shown);
    const [first] = people;
    if (first === undefined) throw new Error('nobody');
    for (const secret of [...secretsOf(first), ...typedSecrets])
      for (const encoding of ['utf8', 'utf16le'] as const) {
        const text = encoding === 'utf16le' ? secret.text.padEnd(30, ' ') : secret.text;
        const leaky = Buffer.concat([Buffer.from('{"x":"'), Buffer.from(text, encoding), left]);
        expect(found(leaky.subarray(0, 1_000), [secret])).toEqual([secret]);
      }
    const [fever] = feverValues();
    expect(hasValue(Buffer.from(`{"bodyCentidegrees":${fever},`), fever ?? 0)).toBe(true);
  });

  test('and the registry’s private key opens it all', () => {
    const all = JSON.stringify(opened());
    for (const { text } of typedSecrets) expect(all).toContain(text);
    for (const card of cards) expect(all).toContain(card.number);
    const known = people.filter(({ person }) => all.includes(`"${person.number}"`));
    expect(known.length).toBeGreaterThan(20);
    for (const { person } of known) expect(all).toContain(person.name);
  });
});
