/**
 * The board as `scripts/install.sh` leaves one: the service's user in its groups, the shipped udev rules,
 * and a udevd that goes by them; and its header, a GPIO chip of the shipped map's label.
 */
import { existsSync } from 'node:fs';
import { makeChipCommand } from './gpio-sim.js';
import { inCheckout, why as whyNoBoard } from './kernel.js';

const udevd = '/usr/lib/systemd/systemd-udevd';
const tools = [udevd, '/usr/bin/setpriv', '/usr/sbin/ip'];
const missing = tools.filter((file) => !existsSync(file));
const mayNotSkip = process.env['GATE_KIOSK_NO_SKIP'] === '1';

/** In CI a board that lacks one fails. */
export const hasTools: boolean = missing.length === 0 || mayNotSkip;
export const whyNot: string =
  whyNoBoard === '' && !hasTools ? ` (skipped: no ${missing.join(', no ')})` : whyNoBoard;

/** How the gate reaches its lines; by sysfs it is root's, for no rule gives that to anybody else. */
export type Way = 'chardev' | 'sysfs';

/** The configured length of a grant's pulse. */
export const pulseMs = 500;

const user = 'gate-kiosk';
const mapLabel = 'pinctrl-bcm2711';
const headerLines = 58;
export const serviceUserId = 64_990;
/** Those of the unit and the one of the rules, with their numbers here. */
const groups = [
  ['dialout', 20],
  ['gpio', 64_991],
] as const;

/**
 * @param folder of the host's, which the board can write
 * @returns for `sh`, as root on the board
 */
export function setUpCommand(folder?: string): string {
  const inGroups = groups.map(([name, id]) => `${name}:x:${id}:${user}`);
  const groupLines = [...inGroups, `${user}:x:${serviceUserId}:`];
  const names = groupLines.map((line) => `-e '^${line.split(':')[0]}:'`).join(' ');
  return [
    'ip link set lo up',
    // Over the host's own, which cannot be written.
    `(grep -v '^${user}:' /etc/passwd; echo '${user}:x:${serviceUserId}:${serviceUserId}::/:/bin/false') >/run/passwd`,
    `(grep -v ${names} /etc/group; printf '%s\\n' ${groupLines.join(' ')}) >/run/group`,
    'mount --bind /run/passwd /etc/passwd',
    'mount --bind /run/group /etc/group',
    'mkdir -p /run/udev/rules.d',
    `cp ${inCheckout('hardware/udev')}/*.rules /run/udev/rules.d/`,
    `${udevd} --daemon`,
    makeChipCommand(mapLabel, headerLines),
    // Once more: the chip's command has put a fresh /tmp over the host's.
    folder === undefined
      ? ':'
      : `mkdir -p ${folder} && mount -t hostfs -o ${folder} none ${folder}`,
    'udevadm settle',
  ].join(' && ');
}

/** Starts what follows as the service's user, with no more rights than the unit leaves it. */
export const asService: readonly string[] = [
  'setpriv',
  ...[`--reuid=${user}`, `--regid=${user}`, '--init-groups'],
  ...['--inh-caps=-all', '--bounding-set=-all', '--no-new-privs'],
];

/** Who owns the gate's files, for `chown`. */
export const serviceUser = `${user}:${user}`;
