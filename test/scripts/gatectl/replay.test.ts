/** `gatectl replay` over a journal on a real file. */
import { describe, expect, test } from 'vitest';
import type { RecordDraft } from '../../../kiosk/journal/port.js';
import { prepareRequest } from '../../../kiosk/journal/record.js';
import { openStore } from '../../../kiosk/journal/store.js';
import { hashOfPolicy } from '../../../kiosk/settings/gate-settings.js';
import { code, form, Hands, shippedPolicy, startWallMs } from '../../kiosk/core/hands.js';
import { gatectl, testFolder } from './run-in-place.js';

const policy = shippedPolicy();

/** Three people: a normal one, a warm one, a fever. */
function day(): readonly RecordDraft[] {
  const gate = new Hands({ policyHash: hashOfPolicy(policy) });
  for (const [who, body] of [
    ['a', 3_650],
    ['b', 3_700],
    ['c', 3_810],
  ] as const) {
    gate.show(form(who));
    gate.show(code(who));
    gate.measure(body);
    if (gate.state.lane.name === 'committing') {
      gate.commit();
      gate.pass();
    }
    gate.wait(2_000);
  }
  return gate.records;
}

function journalWith(file: string, records: readonly RecordDraft[]): string {
  const at = new Date(startWallMs).toISOString();
  const opened = openStore({
    ...{ file, bootId: 'boot', at, newJournalId: '5a'.repeat(16), previous: null },
  });
  if (!opened.ok) throw new Error(opened.detail);
  const prepared = prepareRequest({ id: 1, records, uses: [], urgent: true }, 'boot');
  if ('refused' in prepared) throw new Error(prepared.refused);
  const [event] = opened.store.commit([prepared]);
  expect(event?.type).toBe('committed');
  opened.store.close();
  return file;
}

describe('a journal replayed', () => {
  test('comes out the same: a table by rule, exit code 0', async () => {
    const files = testFolder();
    const file = journalWith(files.path('journal.db'), day());
    const { code: exit, out, err } = await gatectl(['replay', file]);
    expect([exit, err]).toEqual([0, '']);
    expect(out).toContain('decisions 3: 3 the same, 0 different, 0 undecidable');
    expect(out).toContain('passages  2: 2 the same');
    expect(out).toMatch(/duty-staff +2 +2 +0/);
    expect(out).not.toContain('another policy');
  });

  test('a changed record is named, exit code 1', async () => {
    const files = testFolder();
    const records = day().map((record) =>
      record['rule'] === 'fever' ? { ...record, outcome: 'deny' } : record,
    );
    const { code: exit, out } = await gatectl([
      'replay',
      journalWith(files.path('journal.db'), records),
    ]);
    expect(exit).toBe(1);
    const words = 'deny fever (体温必测) → refer fever (体温必测)';
    expect(out).toContain(`1 × ${words}, first in record `);
    expect(out).toMatch(
      /the first that differs: record \d+, 2020-02-12T[^,]+, decision: deny fever/,
    );
  });

  test('another policy says what would differ, and what cannot be told', async () => {
    const files = testFolder();
    const file = journalWith(files.path('journal.db'), day());
    const { settings } = policy;
    const stricter = { ...policy, settings: { ...settings, feverCentidegrees: 3_680 } };
    const strict = files.write('strict.json', stricter);
    const ran = await gatectl(['replay', file, '--policy', strict]);
    expect(ran.code).toBe(1);
    expect(ran.out).toContain(
      '3 of the decisions were made under another policy than the given one',
    );
    expect(ran.out).toContain('1 × grant duty-staff (二) → refer fever (体温必测)');
    const laxer = { ...policy, settings: { ...settings, feverCentidegrees: 3_800 } };
    const lax = files.write('lax.json', laxer);
    const asked = await gatectl(['replay', file, '--policy', lax, '--json']);
    const answer = JSON.parse(asked.out) as { ok: boolean; journals: { decisions: unknown }[] };
    expect([asked.code, answer.ok]).toEqual([0, true]);
    expect(answer.journals[0]?.decisions).toEqual({
      ...{ all: 3, same: 2, different: 0, undecidable: 1, malformed: 0 },
    });
  });

  test('without --policy it is the shipped one that others differ from', async () => {
    const files = testFolder();
    const elsewhere = day().map((record) =>
      'policy' in record ? { ...record, policy: '5b'.repeat(32) } : record,
    );
    const ran = await gatectl(['replay', journalWith(files.path('journal.db'), elsewhere)]);
    expect(ran.out).toMatch(
      /3 of the decisions .* than notice No\. 8 as it is shipped, [0-9a-f]{12}…; --policy FILE names another\n/,
    );
    expect(ran.out).not.toContain('the given one');
  });

  test('only the records asked for are looked at', async () => {
    const files = testFolder();
    const file = journalWith(files.path('journal.db'), day());
    const ran = await gatectl(['replay', file, '--from', '1', '--to', '3', '--json']);
    const answer = JSON.parse(ran.out) as { journals: { records: number }[] };
    expect([ran.code, answer.journals[0]?.records]).toEqual([0, 3]);
  });

  test('wrong usage: no file, no journal, a refused policy', async () => {
    const files = testFolder();
    const file = journalWith(files.path('journal.db'), day());
    const wrong = files.write('wrong.json', { ...policy, version: 2 });
    const none = files.write('none.txt', 'nothing');
    expect((await gatectl(['replay'])).code).toBe(2);
    expect((await gatectl(['replay', files.path('missing.db')])).code).toBe(2);
    expect((await gatectl(['replay', none])).code).toBe(2);
    const damaged = files.write('damaged.db', 'SQLite format 3\0'.padEnd(5_000, 'x'));
    expect((await gatectl(['replay', damaged])).code).toBe(1);
    expect((await gatectl(['replay', file, '--policy', wrong])).code).toBe(2);
    expect((await gatectl(['replay', file, '--sideways'])).code).toBe(2);
    expect((await gatectl(['replay', '--help'])).out).toContain('Usage: gatectl replay');
  });
});
