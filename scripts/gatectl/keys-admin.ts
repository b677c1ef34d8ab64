/** `gatectl keys admin`: who may sign configuration and commands, and how many of them must. */
import { type AdminRole, adminRoles, type TrustList } from '../../kiosk/credential/trust.js';
import { commandLimits } from '../../kiosk/settings/signed/judge-command.js';
import { thresholdOf } from '../../kiosk/settings/signed/judge-step.js';
import { UsageError } from './command.js';
import { readWords } from './words.js';

const text = { type: 'string' } as const;
export const adminOptions = {
  ...{ list: text, name: text, key: text, 'public-key': text, roles: text, threshold: text },
  json: { type: 'boolean' },
} as const;

/**
 * Takes the options' values; returns the roles of an admin to be added (null: none is) and the thresholds
 * named (null: none). Throws UsageError where neither is there, or a word is no role.
 */
export function readAdmin(
  values: {
    readonly [Name in 'name' | 'key' | 'public-key' | 'roles' | 'threshold']?: string | undefined;
  },
): {
  readonly roles: readonly AdminRole[] | null;
  readonly thresholds: Readonly<Record<string, number>> | null;
} {
  const { name, key, roles, threshold } = values;
  const isAdded = (name ?? key ?? values['public-key'] ?? roles) !== undefined;
  if (!isAdded && threshold === undefined)
    throw new UsageError('--name with a key and --roles is required, or --threshold');
  if (isAdded && roles === undefined)
    throw new UsageError(`--roles is required: of ${adminRoles.join(', ')}`);
  return {
    roles: roles === undefined ? null : [...new Set(readWords(roles).map(readRole))],
    thresholds:
      threshold === undefined ? null : Object.fromEntries(readWords(threshold).map(readThreshold)),
  };
}

function readRole(word: string): AdminRole {
  const role = adminRoles.find((known) => known === word);
  if (role !== undefined) return role;
  throw new UsageError(`${word} is no role; there are ${adminRoles.join(', ')}`);
}

function readThreshold(word: string): readonly [AdminRole, number] {
  const [role = '', count = ''] = word.split('=');
  if (!/^\d{1,2}$/.test(count)) throw new UsageError(`--threshold is ROLE=N, not ${word}`);
  return [readRole(role), Number(count)];
}

/**
 * Takes what was done and the list after it; returns it in words, and which roles have fewer admins now
 * than must sign.
 */
export function adminWords(
  file: string,
  admin: { readonly name: string; readonly roles: readonly AdminRole[] | null } | null,
  kid: string | null,
  trust: TrustList,
): { readonly out: string; readonly warnings: readonly string[] } {
  const added =
    admin === null ? [] : [`${file} now has the admin ${admin.name}, kid ${kid}: ${admin.roles}`];
  const used = adminRoles.filter(
    (role) => trust.thresholds.has(role) || trust.admins.some(({ roles }) => roles.has(role)),
  );
  const counted = used.map((role) => {
    const able = trust.admins.filter(({ roles }) => roles.has(role)).length;
    return {
      role,
      able,
      must: role === 'command' ? commandThreshold(trust) : thresholdOf(trust, role),
    };
  });
  const lines = counted.map(
    ({ role, able, must }) => `  ${role.padEnd(10)} ${must} of ${able} sign`,
  );
  const few = counted.filter(({ able, must }) => able < must);
  return {
    out: `${[...added, ...lines].join('\n')}\n`,
    warnings: few.map(
      ({ role, able, must }) =>
        `${role}: ${must} must sign and ${able} can; add admins before gates get this list`,
    ),
  };
}

/** One admin is enough for a command where the list says nothing else. */
function commandThreshold({ thresholds }: Pick<TrustList, 'thresholds'>): number {
  return thresholds.get('command') ?? commandLimits.thresholdDefault;
}
