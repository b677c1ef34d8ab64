/** The trust list as a file that gatectl adds to. */
import { parseStrictJsonBytes } from '../../config/strict-json.js';
import { parseTrustList, trustListBytesMax } from '../../kiosk/credential/trust.js';
import { formatProblems, UsageError } from './command.js';
import { readBytesIfThere } from './files.js';

type Member = 'issuers' | 'collectors' | 'kiosks' | 'registry' | 'admins';
type ListMembers = Readonly<Record<string, unknown>>;

/** Takes a list's file and an entry; returns the text of the list with it. Throws UsageError. */
export function extendList(file: string, member: Member, entry: object): string {
  return changeList(file, (members) => withEntry(members, member, entry)).text;
}

/** Takes a list's members; returns them with one entry more. */
export function withEntry(members: ListMembers, member: Member, entry: object): ListMembers {
  const entries = members[member];
  return { ...members, [member]: [...(Array.isArray(entries) ? entries : []), entry] };
}

/**
 * Takes a list's file, which may not be there yet, and a change; returns the list after it, to be written. It
 * is judged before and after, so that a bad one is neither kept nor made. Throws UsageError.
 */
export function changeList(file: string, change: (members: ListMembers) => ListMembers) {
  const bytes = readBytesIfThere(file) ?? Buffer.from('{"issuers": []}');
  const json = parseStrictJsonBytes(bytes, trustListBytesMax);
  if (!json.ok) throw new UsageError(formatProblems(file, json.problems));
  const before = parseTrustList(json.value);
  if (!before.ok) throw new UsageError(formatProblems(file, before.problems));
  const list = change({ ...Object(json.value) });
  const after = parseTrustList(list);
  if (!after.ok) throw new UsageError(formatProblems(file, after.problems));
  return { text: `${JSON.stringify(list, null, 2)}\n`, trust: after.trust };
}
