/** Who runs this: whether the service's user would meet the same, and may use what the gate needs. */
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { type KioskConfig, linkTarget } from '../../config/kiosk-config.js';
import { type Finding, ok, warning } from './finding.js';

export interface UserFacts {
  readonly name: string;
  readonly uid: number;
  readonly groupIds: readonly number[];
  /** the text of /etc/group */
  readonly groupFile: string;
}

type GroupsConfig = Pick<KioskConfig, 'devices' | 'gpio'>;

/** @returns the process's own user and groups */
export function currentUser(): UserFacts {
  const groupIds = [...(process.getgroups?.() ?? []), process.getegid?.() ?? 0];
  return { name: nameOf(), uid: process.geteuid?.() ?? 0, groupIds, groupFile: groupText() };
}

/** A process of a user without a name is one all the same. */
function nameOf(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.geteuid?.() ?? 0}`;
  }
}

function groupText(): string {
  try {
    return readFileSync('/etc/group', 'utf8');
  } catch {
    return '';
  }
}

/**
 * @param config by which groups are needed; null: it could not be read
 * @param user who runs this
 * @returns one finding
 */
export function checkUser(config: GroupsConfig | null, user: UserFacts): Finding {
  const { name, uid, groupIds } = user;
  if (uid === 0)
    return warning(
      'user',
      'this runs as root, who may do what the service may not',
      'run it as the service: sudo -u gate-kiosk gate-kiosk doctor --config FILE',
    );
  const groups = new Map(
    user.groupFile.split('\n').flatMap((line) => {
      const [group, , id] = line.split(':');
      return group && id ? [[group, Number(id)] as const] : [];
    }),
  );
  const needed = neededGroups(config);
  const unknown = needed.filter((group) => !groups.has(group));
  if (unknown.length > 0)
    return warning(
      'user',
      `there is no group ${unknown.join(', ')}, and so no udev rule that gives it the devices`,
      'sh scripts/install.sh makes groups and rules',
    );
  const missing = needed.filter((group) => !groupIds.includes(groups.get(group) ?? -1));
  if (missing.length === 0)
    return ok('user', `${name}, with the groups that its devices need${inWords(needed)}`);
  return warning(
    'user',
    `${name} is not in ${missing.join(', ')}`,
    `usermod -aG ${missing.join(',')} ${name}, unless udev rules give it its devices otherwise`,
  );
}

function inWords(groups: readonly string[]): string {
  return groups.length === 0 ? '' : `: ${groups.join(', ')}`;
}

/**
 * Debian's groups, and those of `hardware/udev/70-gate-kiosk.rules`: ttys are dialout's, cameras
 * video's, GPIO chips gpio's, scanners in POS mode gate-kiosk's.
 */
function neededGroups(config: GroupsConfig | null): readonly string[] {
  if (config === null) return [];
  const { devices, gpio } = config;
  const hasTty = Object.values(devices).some(
    (device) => 'link' in device && linkTarget(device.link.path)?.type === 'tty',
  );
  const { driver } = devices.scanner;
  return [
    ...(hasTty ? ['dialout'] : []),
    ...(driver === 'camera' ? ['video'] : []),
    ...(gpio.backend === 'simulated' ? [] : ['gpio']),
    ...(driver === 'hid-pos' ? ['gate-kiosk'] : []),
  ];
}
