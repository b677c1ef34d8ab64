/**
 * What came of a case, in the words of the table: decisions, what the guard did and what was sensed,
 * in the order of their records.
 */
import type { RecordDraft } from '../../kiosk/journal/port.js';

type Record = RecordDraft;
type Worded = (record: Record, withTells: boolean) => string | null;

/** Ends of an attempt that no other record tells. */
const endWords: Readonly<{ [end: string]: string }> = {
  'identity-changed': 'next person',
  'guard-refused': 'refused by the guard',
  acknowledged: 'acknowledged',
  lockdown: 'sent away',
};

/** Alarms of which nothing else is on record. */
const toldAlarms = ['details-missing', 'arm-standing', 'double-use'];

const words: Readonly<{ [type: string]: Worded }> = {
  decision: (record, withTells) => {
    const { outcome, rule, isolation } = record;
    const tells = withTells ? listOf(record, 'tells').join(' ') : '';
    const told = tells === '' ? '' : ` → ${tells}`;
    const decided = `${outcome} ${listOf(record, 'reasons').join('+') || rule}${told}`;
    const isolated = isolation === undefined ? '' : ', isolated';
    const flagged = listOf(record, 'flags').length > 0 ? ', flagged' : '';
    return decided + isolated + flagged;
  },
  override: ({ reason }) => (reason === 'unspecified' ? 'opened by the guard' : `opened ${reason}`),
  'override-reason': ({ reason }) => `reason ${reason}`,
  passage: ({ outcome }) => String(outcome),
  'attempt-ended': (record) => {
    const { end } = record;
    if (end === 'silence') return listOf(record, 'reasons').length > 0 ? 'given up' : null;
    return endWords[String(end)] ?? null;
  },
  'no-reading': ({ why }) => `no reading ${why}`,
  // Further papers of who is the guard's already are nothing to tell.
  'scan-ignored': ({ why }) => (why === 'referred' ? null : 'scan ignored'),
  attested: ({ what }) => `attested ${what}`,
  'case-selected': () => 'case chosen',
  'measured-by-hand': ({ band }) => `by hand ${band}`,
  'ticket-settled': ({ used }) => (used === true ? 'ticket used' : 'ticket not used'),
  accompanied: () => 'child allowed',
  details: () => 'details',
  'emergency-details': () => 'emergency details',
  duty: ({ on }) => (on === true ? 'on duty' : 'off duty'),
  badge: ({ reason }) => (reason === 'badge-without-next' ? String(reason) : `badge ${reason}`),
  panel: ({ button, result }) => (result === 'done' ? null : `${button} ${result}`),
  emergency: ({ on }) => (on === true ? 'released' : 'locked'),
  lockdown: ({ on }) => (on === true ? 'lockdown' : 'lockdown over'),
  fire: ({ active }) => (active === true ? 'fire' : 'no fire'),
  power: ({ mains }) => (mains === true ? 'mains back' : 'on battery'),
  device: ({ device, status }) => `${device} ${status}`,
  clock: ({ to }) => (to === 'synced' ? null : `clock ${to}`),
  registry: ({ key }) => (key === 'current' ? null : `registry ${key}`),
  others: ({ reachable }) => (reachable === true ? 'others heard' : 'others unheard'),
  alarm: ({ code }) => (toldAlarms.includes(String(code)) ? String(code) : null),
  invariant: ({ law }) => `law broken: ${law}`,
};

/**
 * @param records as the journal was told them
 * @param withTells whether decisions also say who is told of them
 * @returns e.g. `grant duty-staff, passed, tailgate` or `refer exit-unknown, attested not-returning`
 */
export function outcomeOf(records: readonly Record[], withTells = false): string {
  const all = records.flatMap((record) => words[record.type]?.(record, withTells) ?? []);
  return all.join(', ') || 'nothing';
}

function listOf(record: Record, name: string): readonly string[] {
  const value = record[name];
  return Array.isArray(value) ? value.map(String) : [];
}
