/** Whose a board's secrets are: the service's user, who alone may read them. */
import { readFileSync, statSync } from 'node:fs';
import type { Owner } from './board-disk.js';

/** As `scripts/install.sh` names it. */
const serviceUser = 'gate-kiosk';

/**
 * Takes the state directory; returns the owner of its files. Only root can give files away: the owner
 * of the directory that is there gets them, else the service's user where there is one.
 */
export function boardOwner(stateDirectory: string): Owner {
  if (process.geteuid?.() !== 0) return null;
  try {
    const { uid, gid } = statSync(stateDirectory);
    return { uid, gid };
  } catch {
    return ownerIn(textOf('/etc/passwd'));
  }
}

/** Takes the text of /etc/passwd; returns the service's user in it, or null. */
export function ownerIn(passwd: string): Owner {
  const fields = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === serviceUser);
  const [uid, gid] = [Number(fields?.[2]), Number(fields?.[3])];
  return Number.isInteger(uid) && Number.isInteger(gid) ? { uid, gid } : null;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
