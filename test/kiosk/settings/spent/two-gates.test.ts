/** One ticket at two gates that did not hear each other: both say so once they do, once, also after a restart. */
import { expect, test } from 'vitest';
import { generatePrivateKey, type PrivateKey } from '../../../../config/crypto/ed25519-key.js';
import type { KnownEntry } from '../../../../config/vocabulary.js';
import { parseTrustList } from '../../../../kiosk/credential/trust.js';
import { nothingStands, type RestoredUse } from '../../../../kiosk/journal/port.js';
import { planUses, restoredUse, type UseRow, useName } from '../../../../kiosk/journal/uses.js';
import { judgeSpent, sealSpent } from '../../../../kiosk/settings/spent/spent-message.js';
import { Hands, pass, startWallMs, ticket } from '../../core/hands.js';
import { snapshotPages, union } from './entries.js';

interface Exit {
  readonly id: string;
  readonly key: PrivateKey;
  readonly gate: Hands;
}

function exit(id: string): Exit {
  return { id, key: generatePrivateKey(), gate: new Hands({ direction: 'out', kiosk: id }) };
}

const [north, south] = [exit('north'), exit('south')];
const trust = (() => {
  const kiosks = [north, south].map(({ id, key }) => ({ id, publicKey: key.publicKey.text }));
  const read = parseTrustList({ issuers: [], kiosks });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.trust;
})();
const paper = ticket('h');

function use({ gate }: Exit): void {
  gate.show(pass('h'));
  gate.show(paper);
  gate.measure(3650);
  expect(gate.decision()).toBe('grant resident');
  gate.commit();
  gate.pass();
}

/** What a gate has told so far, as the broker keeps it. */
function snapshot({ id, key, gate }: Exit): readonly Uint8Array[] {
  const teller = { site: 'harbin', kiosk: id, run: 'ab'.repeat(8), n: 1, atMs: startWallMs };
  return snapshotPages(teller, union(gate.told())).messages.map((it) => sealSpent(it, key));
}

function hear(gate: Hands, from: Exit): readonly KnownEntry[] {
  return snapshot(from).flatMap((bytes) => {
    const context = { site: 'harbin', kiosk: from.id, kind: 'snapshot', trust } as const;
    const verdict = judgeSpent(bytes, context);
    if (verdict.is === 'refused') throw new Error(verdict.why);
    const { entries } = verdict.message;
    gate.give({ type: 'known', entries });
    return entries;
  });
}

const doubles = (gate: Hands) => gate.records.filter(({ type }) => type === 'double-use');

/** What the gate's journal tells at the next start. */
function journalOf({ effects }: Hands): readonly RestoredUse[] {
  const rows = new Map<string, UseRow>();
  for (const effect of effects) {
    if (effect.type !== 'append') continue;
    for (const { key, row } of planUses(effect.uses, (name) => rows.get(name), 1) ?? [])
      if (row === null) rows.delete(useName(key));
      else rows.set(useName(key), row);
  }
  return [...rows.values()].map(restoredUse);
}

test('a ticket used at both during a partition is reported on both sides, and not again', () => {
  use(north);
  south.gate.wait(60_000);
  use(south);
  expect([doubles(north.gate), doubles(south.gate)]).toEqual([[], []]);

  const told = [hear(north.gate, south), hear(south.gate, north)];
  const at = (entries: readonly KnownEntry[]) =>
    entries.find(({ type }) => type === 'ticket')?.at ?? null;
  const [southAt, northAt] = told.map(at);
  const same = { paper: 'ticket', key: paper.id, direction: 'out' };
  expect(doubles(north.gate)).toMatchObject([{ ...same, hereAt: northAt, elsewhereAt: southAt }]);
  expect(doubles(south.gate)).toMatchObject([{ ...same, hereAt: southAt, elsewhereAt: northAt }]);

  for (const { gate } of [north, south]) {
    const another = gate === north.gate ? south : north;
    hear(gate, another);
    expect(doubles(gate)).toHaveLength(1);
    const restarted = new Hands({ direction: 'out' });
    restarted.give({
      ...{ type: 'boot', uses: journalOf(gate), version: 'test', standing: nothingStands },
      ...{ endedCleanly: true, reason: 'stopped' },
    });
    hear(restarted, another);
    expect(doubles(restarted)).toEqual([]);
    restarted.show(pass('h'));
    restarted.show(paper);
    restarted.measure(3650);
    expect(restarted.decision()).toBe('refer already-used');
  }
});
