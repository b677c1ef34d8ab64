/** `gatectl keys remove`: takes one key off a trust list, as when a board was replaced or an admin leaves. */
import { parsePublicKey } from '../../config/crypto/ed25519-key.js';
import { printable } from './collect-output.js';
import { type ExitCode, readArguments, required, type Streams, UsageError } from './command.js';
import { replaceFile } from './files.js';
import { readPublicHalf } from './key-files.js';
import { adminWords } from './keys-admin.js';
import { changeList } from './trust-list-file.js';

/** Of the registry's keys none is taken off: a later one takes its place by its date. */
const members = {
  issuers: 'issuer',
  admins: 'admin',
  collectors: 'collector',
  kiosks: 'kiosk',
  time: 'time',
} as const;
type Member = keyof typeof members;

interface Entry {
  readonly member: Member;
  readonly place: number;
  /** name or id; empty where the list gives none */
  readonly name: string;
  readonly kid: string;
  readonly publicKey: string;
}

const text = { type: 'string' } as const;
const options = {
  ...{ list: text, id: text, name: text, kid: text, key: text, 'public-key': text },
  json: { type: 'boolean' },
} as const;
type Values = ReturnType<typeof readArguments<typeof options>>['values'];

/** @returns 0; throws UsageError where no entry, or more than one, is what was named */
export async function removeKey(args: readonly string[], streams: Streams): Promise<ExitCode> {
  const { values } = readArguments(args, options, 0);
  const file = required(values.list, '--list');
  const fits = readWanted(values);
  let removed: Entry | null = null;
  let left = 0;
  const list = changeList(file, (before) => {
    const entries = entriesOf(before);
    const own = onlyOne(file, entries.filter(fits));
    removed = own;
    left = entries.filter(({ member, name }) => member === own.member && name === own.name).length;
    const rest = listOf(before, own.member).filter((_, index) => index !== own.place);
    return { ...before, [own.member]: rest };
  });
  if (removed === null) return 1;
  replaceFile(file, list.text);
  const { member, name, kid, publicKey }: Entry = removed;
  if (member === 'admins')
    for (const warning of adminWords(file, null, null, list.trust).warnings)
      streams.err(`gatectl keys remove: ${warning}\n`);
  const answer = { list: file, kid, removed: { [members[member]]: name, publicKey } };
  await streams.out(
    values.json === true
      ? `${JSON.stringify(answer)}\n`
      : `${file} trusts the ${members[member]} ${printable(name)}, kid ${kid}, no longer\n` +
          `${keysLeft(member, name, left - 1)}whoever has the list as it was goes by that one: ` +
          'gatectl config new --channel trust makes the step for the gates\n',
  );
  return 0;
}

/** An old key that is gone leaves nobody to check what it has signed. */
function keysLeft(member: Member, name: string, count: number): string {
  if (member !== 'kiosks') return '';
  const rest = count === 0 ? 'no key is left of it' : `its keys left there: ${count}`;
  return `${printable(name)}: ${rest}; to verify what the old one has signed, keep the list of before\n`;
}

function readWanted(values: Values): (entry: Entry) => boolean {
  const { id, name, kid, key, 'public-key': given } = values;
  if ([id, name, kid, key, given].every((it) => it === undefined))
    throw new UsageError('which key is required: --id, --name, --kid, --key or --public-key');
  const publicKey = key === undefined ? given : readPublicHalf(key).text;
  return (entry) =>
    (id === undefined || (entry.member === 'kiosks' && entry.name === id)) &&
    (name === undefined || (entry.member !== 'kiosks' && entry.name === name)) &&
    (kid === undefined || entry.kid === kid) &&
    (publicKey === undefined || entry.publicKey === publicKey);
}

function onlyOne(file: string, found: readonly Entry[]): Entry {
  const [entry, ...more] = found;
  if (entry === undefined) throw new UsageError(`${file} has no such key`);
  if (more.length === 0) return entry;
  const lines = found.map(
    ({ member, name, kid }) => `  ${members[member]} ${printable(name)}, kid ${kid}`,
  );
  throw new UsageError(
    `${file} has ${found.length} such keys: name one by --kid\n${lines.join('\n')}`,
  );
}

/** Takes a list's members, judged before; returns its keys, each with its place. */
function entriesOf(before: Readonly<Record<string, unknown>>): readonly Entry[] {
  return (Object.keys(members) as Member[]).flatMap((member) =>
    listOf(before, member).flatMap((item, place) => {
      const entry = Object(item) as Readonly<Record<string, unknown>>;
      const name = entry['name'] ?? entry['id'];
      const parsed = parsePublicKey(String(entry['publicKey']));
      if (!parsed.ok) return [];
      const { kid, text: publicKey } = parsed.key;
      return [{ member, place, name: typeof name === 'string' ? name : '', kid, publicKey }];
    }),
  );
}

function listOf(before: Readonly<Record<string, unknown>>, member: Member): readonly unknown[] {
  const entries = before[member];
  return Array.isArray(entries) ? entries : [];
}
