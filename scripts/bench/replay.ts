/** Decisions made again from a journal, beside reading and parsing the same records alone. */
import { join } from 'node:path';
import type { Now } from '../../config/vocabulary.js';
import type { DocumentEvidence, Evidence } from '../../kiosk/core/evidence.js';
import type { Input } from '../../kiosk/core/messages.js';
import type { GateSettings } from '../../kiosk/core/settings.js';
import { type GateState, initialState } from '../../kiosk/core/state.js';
import { step } from '../../kiosk/core/step.js';
import { byPolicy, replayJournal } from '../../kiosk/history/replay.js';
import { openDatabaseSource } from '../../kiosk/journal/database-source.js';
import { openJournal } from '../../kiosk/journal/journal.js';
import { nothingStands, type RecordDraft } from '../../kiosk/journal/port.js';
import { gateSettings } from '../../kiosk/settings/gate-settings.js';
import { shippedConfiguration } from '../simulated-board/shipped.js';
import type { Bench } from './harness.js';

const startWallMs = Date.parse('2020-02-12T08:00:00+08:00');
const at = new Date(startWallMs).toISOString();
/** One grant and one passage each. */
const people = 2_000;
const recordsAtOnce = 50;

/** @param folder on the disk to be measured */
export async function replayBenches(folder: string): Promise<readonly Bench[]> {
  const { config, policy } = shippedConfiguration();
  const settings = gateSettings(config, policy);
  const file = join(folder, 'replay.db');
  await write(file, morning(settings));
  const opened = openDatabaseSource(file);
  if (!opened.ok) throw new Error(opened.detail);
  const { source } = opened;
  const asked = {
    ...{ by: byPolicy(policy, settings.policyHash), from: null, to: null },
    progress: () => {},
  };
  return [
    {
      name: `replay of ${people} decisions and as many passages`,
      floorName: 'reading and parsing the same records',
      rounds: 40,
      warmUpRounds: 5,
      itemsPerRound: people,
      async subject() {
        const { decisions, passages } = replayJournal(source, asked);
        if (decisions.same !== people || passages.same !== people)
          throw new Error('the bench’s decisions do not come out the same');
      },
      async floor() {
        let count = 0;
        for (const item of source.rows())
          if (item.is === 'row' && JSON.parse(Buffer.from(item.bytes).toString('utf8'))) count += 1;
        if (count < 2 * people) throw new Error('the bench lacks records');
      },
      async close() {
        source.close();
      },
    },
  ];
}

/** What a gate records of people who come one by one with a form, a code and a normal temperature. */
function morning(settings: GateSettings): readonly RecordDraft[] {
  let now: Now = { monotonicMs: 1_000, wallMs: startWallMs, clock: 'synced' };
  let state: GateState = initialState(settings, now);
  let seq = 0;
  const records: RecordDraft[] = [];
  const give = (input: Input): void => {
    const next = step(state, input, now);
    state = next.state;
    for (const effect of next.effects) {
      if (effect.type !== 'append') continue;
      records.push(...effect.records);
      seq += effect.records.length;
      give({ type: 'committed', id: effect.id, lastSeq: seq });
    }
  };
  const wait = (ms: number): void => {
    now = { ...now, monotonicMs: now.monotonicMs + ms, wallMs: now.wallMs + ms };
    give({ type: 'timer' });
  };
  const take = (evidence: Evidence): void => give({ type: 'evidence', evidence });
  give({
    type: 'boot',
    ...{ uses: [], endedCleanly: true, reason: 'stopped', version: 'bench' },
    standing: nothingStands,
  });
  for (const device of ['scanner', 'thermometer', 'turnstile', 'panel', 'relay'] as const)
    give({ type: 'device', device, status: 'ok', why: 'bench' });
  give({ type: 'registry', key: 'current', keyId: null });
  for (let who = 0; who < people; who += 1) {
    for (const document of papersOf(who, now)) {
      take(document);
      wait(500);
    }
    take(wrist(now));
    give({ type: 'passage', phase: 'entered' });
    wait(400);
    give({ type: 'passage', phase: 'left' });
    wait(2_000);
  }
  return records;
}

function papersOf(who: number, { monotonicMs, wallMs }: Now): readonly DocumentEvidence[] {
  const issuedSeconds = Math.floor(wallMs / 1_000) - 10;
  const paper = {
    type: 'document',
    ...{ purpose: null, host: null, unit: null, guard: null, masked: null },
    ...{ day: null, replaces: [], issuedSeconds, expiresSeconds: issuedSeconds + 600 },
    identity: { space: 'campus-id', token: who.toString(16).padStart(32, '0') },
    takenMs: monotonicMs,
  } as const;
  const id = (kind: string): string => `${kind}${who.toString(16).padStart(31, '0')}`;
  return [
    { ...paper, id: id('a'), kind: 'approval-form', variant: 'staff-entry', zones: ['*'] },
    {
      ...{ ...paper, id: id('b'), kind: 'campus-card-code', variant: 'staff', zones: null },
      takenMs: monotonicMs + 500,
    },
  ];
}

function wrist({ monotonicMs }: Now): Evidence {
  return {
    type: 'temperature',
    ...{ bodyCentidegrees: 3_650, ambientCentidegrees: 2_200 },
    ...{ compensationCentidegrees: 300, sampleCount: 3, spreadCentidegrees: 6 },
    ...{ fromMs: monotonicMs - 300, takenMs: monotonicMs },
  };
}

async function write(file: string, records: readonly RecordDraft[]): Promise<void> {
  const newJournalId = '00'.repeat(16);
  const opened = await openJournal({ file, bootId: 'bench', at, newJournalId, previous: null });
  if (!opened.ok) throw new Error(`${opened.why}: ${opened.detail}`);
  for (let first = 0; first < records.length; first += recordsAtOnce) {
    const some = records.slice(first, first + recordsAtOnce);
    opened.journal.append({ id: first, records: some, uses: [], urgent: false });
  }
  await opened.journal.close();
}
