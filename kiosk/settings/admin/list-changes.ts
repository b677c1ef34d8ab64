/** What changes from one trust list, or revocation list, to the next: for an admin who is to sign it. Pure. */
import type { Revocations } from '../../credential/revocations.js';
import { onlyRevokesMore } from '../signed/tightening.js';

export interface ListChange {
  /** of the trust list: `issuers`, `admins`, …; `thresholds`; of revocations `credentials`, … */
  readonly member: string;
  readonly is: 'added' | 'removed' | 'changed';
  /** who or what, in a word: a name, a gate's id, a kid‖cti */
  readonly what: string;
  /** JSON; null: it was not there, or is not any more */
  readonly from: string | null;
  readonly to: string | null;
}

const keyed = ['issuers', 'admins', 'collectors', 'kiosks', 'registry', 'time'] as const;

/**
 * @param before a trust list's JSON, well formed
 * @param after another
 * @returns keys that came and went, and those that are trusted otherwise
 */
export function trustChanges(before: unknown, after: unknown): readonly ListChange[] {
  return [
    ...keyed.flatMap((member) =>
      changes(member, byKey(memberOf(before, member)), byKey(memberOf(after, member)), nameOf),
    ),
    ...changes(
      'thresholds',
      new Map(Object.entries(Object(memberOf(before, 'thresholds')))),
      new Map(Object.entries(Object(memberOf(after, 'thresholds')))),
      (_, role) => role,
    ),
  ];
}

export interface RevocationChanges {
  /** entries by kind of entry, before and after */
  readonly counts: readonly {
    readonly member: string;
    readonly from: number;
    readonly to: number;
  }[];
  /** the first of them: a list may have a million */
  readonly changes: readonly ListChange[];
  /** how many there are in all */
  readonly changed: number;
  /** then one signature is enough */
  readonly tightens: boolean;
}

/**
 * @param before a list that is in force
 * @param after what would be
 * @param shownMax of the entries that changed, so many are told
 */
export function revocationChanges(
  before: Revocations,
  after: Revocations,
  shownMax: number,
): RevocationChanges {
  const shown: ListChange[] = [];
  let changed = 0;
  const tell = (change: ListChange): void => {
    changed += 1;
    if (shown.length < shownMax) shown.push(change);
  };
  for (const member of ['credentials', 'holders'] as const) {
    const [from, to] = [before[member], after[member]];
    for (const what of to.values())
      if (!from.has(what)) tell({ member, is: 'added', what, from: null, to: what });
    for (const what of from.values())
      if (!to.has(what)) tell({ member, is: 'removed', what, from: what, to: null });
  }
  for (const member of ['issuers', 'kinds'] as const)
    for (const change of changes(member, before[member], after[member], (_, key) => key))
      tell(change);
  const members = ['credentials', 'holders', 'issuers', 'kinds'] as const;
  const counts = members.map((member) => ({
    member,
    from: before[member].size,
    to: after[member].size,
  }));
  return { counts, changes: shown, changed, tightens: onlyRevokesMore(before, after) };
}

function changes<Value>(
  member: string,
  before: ReadonlyMap<string, Value>,
  after: ReadonlyMap<string, Value>,
  wordOf: (value: Value, key: string) => string,
): readonly ListChange[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  return keys.flatMap((key): readonly ListChange[] => {
    const [was, is] = [before.get(key), after.get(key)];
    const [from, to] = [textOf(was), textOf(is)];
    if (from === to) return [];
    const value = is ?? was;
    const what = value === undefined ? key : wordOf(value, key);
    const kind = from === null ? 'added' : to === null ? 'removed' : 'changed';
    return [{ member, is: kind, what, from, to }];
  });
}

function textOf(value: unknown): string | null {
  if (value === undefined) return null;
  // An issuer's end of no date is "always".
  return value === Number.NEGATIVE_INFINITY ? 'always' : JSON.stringify(value);
}

function memberOf(list: unknown, name: string): unknown {
  return typeof list === 'object' && list !== null ? Reflect.get(list, name) : undefined;
}

/** Who a key is stands in its entry: a name that got another key is one gone and one come. */
function byKey(entries: unknown): ReadonlyMap<string, unknown> {
  const list: readonly unknown[] = Array.isArray(entries) ? entries : [];
  return new Map(list.map((entry) => [String(memberOf(entry, 'publicKey')), entry]));
}

function nameOf(entry: unknown, key: string): string {
  const name = memberOf(entry, 'name') ?? memberOf(entry, 'id');
  return typeof name === 'string' ? `${name} (${key})` : key;
}
