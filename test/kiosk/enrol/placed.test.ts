/** An enrolment on a board's disk: all or nothing, whatever is there and wherever it is cut off. */
import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { generatePrivateKey } from '../../../config/crypto/ed25519-key.js';
import { readConfiguration } from '../../../kiosk/daemon/configuration.js';
import { type BoardDisk, boardDisk } from '../../../kiosk/enrol/board-disk.js';
import { type Enrolled, placeEnrolment } from '../../../kiosk/enrol/enrol.js';
import type { Enrolment } from '../../../kiosk/enrol/enrolment.js';
import { ownerIn } from '../../../kiosk/enrol/owner.js';
import { enrolWords } from '../../../kiosk/enrol/words.js';
import { makeJournal, names } from '../history/rig.js';
import {
  ask,
  type BareBoard,
  bareBoard,
  cutDisk,
  cuts,
  enrolmentFor,
  filesBelow,
} from './stage.js';

function place(
  board: BareBoard,
  enrolment: Enrolment,
  { replace = false, disk = boardDisk }: { replace?: boolean; disk?: BoardDisk } = {},
): Enrolled {
  const { configPath } = board;
  const options = { configPath, replace, disk, owner: () => null, makeKey: generatePrivateKey };
  return placeEnrolment(options, enrolment);
}

function done(enrolled: Enrolled): Extract<Enrolled, { ok: true }> {
  if (!enrolled.ok) throw new Error(JSON.stringify(enrolled));
  return enrolled;
}

/** The gate's own reader finds this enrolment and no other here, and its key. */
function isWhole(board: BareBoard, { config, pepper, trustText }: Enrolment): string | null {
  const read = readConfiguration(board.configPath);
  if (!read.ok) return null;
  const found = read.configuration;
  const isSame =
    JSON.stringify(found.config) === JSON.stringify(config) &&
    Buffer.from(pepper).equals(found.pepper) &&
    found.trust.issuers.size === 1 &&
    trustText.includes([...found.trust.issuers.values()][0]?.key.text ?? '-');
  return isSame ? (found.deviceKey?.publicKey.text ?? null) : null;
}

describe('a bare board', () => {
  test('becomes the gate: secrets are its own alone, kiosk.json can be read, nothing else is there', () => {
    const board = bareBoard();
    const enrolment = enrolmentFor(board, '1');
    const { how, publicKey, notes } = done(place(board, enrolment));
    expect([how, notes]).toEqual(['enrolled', []]);
    expect(isWhole(board, enrolment)).toBe(publicKey);
    const files = filesBelow(board.folder);
    expect([...files].map(([name, text]) => `${name} ${text.slice(0, 3)}`)).toEqual([
      'etc/kiosk.json 644',
      'state/keys/device.json 600',
      'state/keys/enrolment.json 600',
      'state/keys/pepper 600',
      'state/keys/trust.json 600',
    ]);
  });

  test('without any of its folders but that of kiosk.json gets them', () => {
    const board = bareBoard();
    rmSync(board.stateDirectory, { recursive: true });
    const enrolment = enrolmentFor(board, '1');
    expect(isWhole(board, enrolment)).toBeNull();
    done(place(board, enrolment));
    expect(isWhole(board, enrolment)).not.toBeNull();
  });

  test('where nothing is installed is told so, and stays bare', () => {
    const board = bareBoard();
    rmSync(join(board.folder, 'etc'), { recursive: true });
    const refused = place(board, enrolmentFor(board, '1'));
    expect(refused).toMatchObject({ ok: false, why: { en: expect.stringContaining('install') } });
    expect(filesBelow(board.folder).size).toBe(0);
  });
});

describe('a board that is a gate already', () => {
  test('by the same file keeps its key, and its kiosk.json where somebody has changed that', () => {
    const board = bareBoard();
    const enrolment = enrolmentFor(board, '1');
    const first = done(place(board, enrolment));
    expect(done(place(board, enrolment))).toEqual({ ...first, how: 'already' });
    const wired = { ...enrolment.config, groups: ['wired-by-hand'] };
    writeFileSync(board.configPath, JSON.stringify(wired));
    const again = done(place(board, enrolment));
    expect([again.how, again.publicKey]).toEqual(['already', first.publicKey]);
    expect(again.notes.map(({ en }) => en)).toEqual([
      expect.stringContaining('kiosk.json differs'),
    ]);
    expect(isWhole(board, { ...enrolment, config: wired })).toBe(first.publicKey);
    done(place(board, enrolment, { replace: true }));
    expect(isWhole(board, enrolment)).toBe(first.publicKey);
  });

  test('replaced, it goes by its enrolment again, and forgets no number that it had reached', () => {
    const board = bareBoard();
    done(place(board, enrolmentFor(board, '1')));
    const at = (name: string): string => join(board.stateDirectory, name);
    for (const name of ['settings.db', 'settings.db-wal', 'configuration-marks.json'])
      writeFileSync(at(name), name);
    expect(place(board, enrolmentFor(board, '2')).ok).toBe(false);
    expect(existsSync(at('settings.db'))).toBe(true);
    done(place(board, enrolmentFor(board, '2'), { replace: true }));
    expect([existsSync(at('settings.db')), existsSync(at('settings.db-wal'))]).toEqual([
      false,
      false,
    ]);
    expect(existsSync(at('configuration-marks.json'))).toBe(true);
  });

  test('by another file is left as it is, and told what --replace would take and leave', () => {
    const board = bareBoard();
    const { publicKey } = done(place(board, enrolmentFor(board, '1')));
    writeFileSync(join(board.stateDirectory, 'journal.db'), 'records');
    const before = filesBelow(board.folder);
    const refused = place(board, enrolmentFor(board, '2'));
    expect(refused.ok).toBe(false);
    const details = refused.ok ? [] : refused.details;
    expect(details.join('\n')).toMatch(/main-campus\/north-gate-in-1.*lost.*journal/s);
    expect(details.join('\n')).toContain(publicKey);
    expect(filesBelow(board.folder)).toEqual(before);
  });

  test('by another file and --replace becomes that one; the journal stays, the old keys do not', () => {
    const board = bareBoard();
    const first = done(place(board, enrolmentFor(board, '1')));
    writeFileSync(join(board.stateDirectory, 'journal.db'), 'records');
    const second = enrolmentFor(board, '2', { groups: ['moved'] });
    const { how, publicKey, notes } = done(place(board, second, { replace: true }));
    expect(how).toBe('replaced');
    expect(publicKey).not.toBe(first.publicKey);
    expect(notes.map(({ en }) => en).join()).toMatch(/key before is gone.*journal/s);
    expect(isWhole(board, second)).toBe(publicKey);
    const files = filesBelow(board.folder);
    expect(files.get('state/journal.db')).toMatch(/records$/);
    expect(files.has('etc/kiosk.json.replaced')).toBe(true);
    expect([...files.keys()].filter((name) => /keys\./.test(name))).toEqual([]);
  });

  test('with a kiosk.json by hand and no keys is asked for --replace, too', () => {
    const board = bareBoard();
    cpSync('config/kiosk.example.json', board.configPath);
    expect(place(board, enrolmentFor(board, '1')).ok).toBe(false);
  });

  test('does not take the journal of another gate, nor leave one behind in another folder', () => {
    const board = bareBoard();
    done(place(board, enrolmentFor(board, '1')));
    const other = enrolmentFor(board, '2', { kiosk: 'south-gate-in-1' });
    writeFileSync(join(board.stateDirectory, 'journal.db'), 'records');
    const before = filesBelow(board.folder);
    const refused = place(board, other, { replace: true });
    expect(refused).toMatchObject({ ok: false, details: [expect.stringContaining('south-gate')] });
    const elsewhere = enrolmentFor(board, '3', { stateDirectory: join(board.folder, 'other') });
    expect(place(board, elsewhere, { replace: true }).ok).toBe(false);
    expect(filesBelow(board.folder)).toEqual(before);
    rmSync(join(board.stateDirectory, 'journal.db'));
    expect(place(board, other, { replace: true }).ok).toBe(true);
  });
});

describe.each([
  { what: 'a first enrolment', isReplacement: false, isAnswer: false },
  { what: 'a replacement', isReplacement: true, isAnswer: false },
  { what: 'an answer to a request', isReplacement: false, isAnswer: true },
])('$what that is cut off', ({ isReplacement, isAnswer }) => {
  test.each(cuts)('%s any step leaves old, new or no gate, and the same command goes on', (cut) => {
    let steps = 0;
    let seen = { old: 0, new: 0, none: 0 };
    for (let isCut = true; isCut; steps += 1) {
      const board = bareBoard();
      const old = enrolmentFor(board, '1');
      const device = isAnswer ? ask(board).publicKey : null;
      const next = { ...enrolmentFor(board, '2', { groups: ['next'] }), device };
      const options = { replace: isReplacement };
      if (isReplacement) {
        done(place(board, old));
        writeFileSync(join(board.stateDirectory, 'journal.db'), 'records');
      }
      const oldKey = isWhole(board, old);
      isCut = !place(board, next, { ...options, disk: cutDisk(steps, cut) }).ok;
      const newKey = isWhole(board, next);
      const isOld = oldKey !== null && isWhole(board, old) === oldKey;
      const isNone = !existsSync(board.configPath);
      expect([isOld, newKey !== null, isNone].filter(Boolean), `step ${steps}`).toHaveLength(1);
      seen = {
        old: seen.old + Number(isOld),
        new: seen.new + Number(newKey !== null),
        none: seen.none + Number(isNone),
      };

      const again = done(place(board, next, options));
      expect(isWhole(board, next)).toBe(again.publicKey);
      if (isAnswer) expect(again.publicKey).toBe(device);
      // A key that somebody may have seen stays the board's.
      if (newKey !== null) expect(again.publicKey).toBe(newKey);
      const names = [...filesBelow(board.folder).keys()];
      expect(names.filter((name) => /enrolling|keys\.replaced|requested/.test(name))).toEqual([]);
      expect(names.includes('state/journal.db')).toBe(isReplacement);
    }
    expect(steps).toBeGreaterThan(10);
    expect(seen.none).toBeGreaterThan(0);
    expect(seen.new).toBeGreaterThan(0);
    expect(seen.old > 0).toBe(isReplacement);
  });
});

test('a journal says itself whose it is, where kiosk.json does not any more', () => {
  const board = bareBoard();
  const made = makeJournal({ count: 20, everyRecords: 10 });
  try {
    cpSync(made.copy(), join(board.stateDirectory, 'journal.db'));
  } finally {
    made.dispose();
  }
  const other = enrolmentFor(board, '1', { site: names.site, kiosk: 'south-gate-in-1' });
  for (const replace of [false, true]) {
    const refused = place(board, other, { replace });
    expect(refused).toMatchObject({ ok: false, why: enrolWords.foreignJournal });
    expect(JSON.stringify(refused)).toContain(names.kiosk);
  }
  expect(existsSync(board.configPath)).toBe(false);
  const own = enrolmentFor(board, '2', names);
  expect(done(place(board, own)).notes).toEqual([enrolWords.journalKept]);
});

test('the files become those of the service’s user, where there is one', () => {
  const passwd =
    'root:x:0:0:root:/root:/bin/bash\ngate-kiosk:x:998:996::/var/lib/gate-kiosk:/bin/no\n';
  expect(ownerIn(passwd)).toEqual({ uid: 998, gid: 996 });
  expect(ownerIn('gate-kiosks:x:1:1::/:/bin/no\n')).toBeNull();
});
