/** Law 8 on the disk: whoever has the gate's files, but not the registry's key, has no name and no number. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CardText } from '../../../kiosk/evidence/card.js';
import { evidenceDesk } from '../../../kiosk/evidence/desk.js';
import { openSealed } from '../../../kiosk/evidence/seal.js';
import type { JsonValue } from '../../../kiosk/journal/port.js';
import { prepareRequest } from '../../../kiosk/journal/record.js';
import { readSealed } from '../../../kiosk/journal/sealed.js';
import { openStore } from '../../../kiosk/journal/store.js';
import { openLog } from '../../../kiosk/log.js';
import { settings, startWallMs } from '../core/hands.js';
import { virtualTime } from '../journal/virtual-time.js';
import {
  guest,
  li,
  paperFor,
  privateWords,
  registryPrivateKey,
  verifierWith,
  zhang,
} from './people.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'privacy-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = new Date(startWallMs).toISOString();
const people = [zhang, li, guest];

/** Every spelling in which a word can stand in a file of ours. */
function spellings(word: string): readonly Buffer[] {
  const escaped = JSON.stringify(word).slice(1, -1);
  return [
    Buffer.from(word, 'utf8'),
    Buffer.from(word, 'utf16le'),
    Buffer.from(escaped, 'utf8'),
    Buffer.from(Buffer.from(word, 'utf8').toString('hex')),
    Buffer.from(Buffer.from(word, 'utf8').toString('base64url')),
  ];
}

/** Names of the files in which a word of somebody stands in clear. */
function leaks(cards: readonly CardText[]): readonly string[] {
  const words = cards.flatMap(privateWords).flatMap(spellings);
  return readdirSync(folder).filter((name) => {
    const bytes = readFileSync(join(folder, name));
    return words.some((word) => bytes.includes(word));
  });
}

test('names and numbers of cards stand in clear in no database, log of it, or program’s log', () => {
  const file = join(folder, 'journal.db');
  const pepper = randomBytes(32);
  const log = openLog({ level: 'trace', file: join(folder, 'gate.log') });
  const desk = evidenceDesk({
    ticketsSeen: () => [],
    settings: settings(),
    verifier: verifierWith([pepper]),
    scheduler: virtualTime(),
    random: randomBytes,
    registryChanged: (key) => log.info({ key }, 'registry'),
  });
  const opened = openStore({
    file,
    bootId: 'boot',
    at,
    newJournalId: '01'.repeat(16),
    previous: null,
  });
  if (!opened.ok) throw new Error(opened.why);
  const { store } = opened;
  const seqs: number[] = [];
  for (const [index, person] of people.entries()) {
    const moment = { takenMs: 1_000 * index, wallMs: startWallMs };
    const shown = [
      desk.scan(paperFor(person, pepper), moment),
      desk.card(person, moment),
      desk.card({ ...person, validTo: '2019-12-31' }, moment),
    ];
    log.info({ shown }, 'evidence');
    const ref = shown.map((each) => (each.type === 'card' ? each.ref : null)).find(Boolean) ?? '';
    const evidence = JSON.parse(JSON.stringify(shown)) as JsonValue;
    const records = [{ type: 'evidence', at, evidence, sealed: ref }];
    const { sealed } = desk.beside(records);
    const request = { id: index, records, uses: [], urgent: true, sealed };
    const [answer] = store.commit([prepareRequest(request, 'boot')]);
    if (answer?.type !== 'committed') throw new Error(answer?.why);
    seqs.push(answer.lastSeq);
  }
  expect(readdirSync(folder).sort()).toEqual(['gate.log', 'journal.db', 'journal.db-wal']);
  expect(leaks(people)).toEqual([]);
  store.close();
  expect(leaks(people)).toEqual([]);

  // The registry finds them; and the search is no blind one.
  const names = seqs.map((seq) => {
    const read = readSealed(file, seq);
    const part = read.ok ? openSealed(registryPrivateKey, read.part) : null;
    return part?.ok ? (part.contents as { readonly name: string }).name : null;
  });
  expect(names).toEqual(people.map(({ name }) => name));
  log.info({ names });
  expect(leaks(people)).toEqual(['gate.log']);
});
