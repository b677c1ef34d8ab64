/** The schema of a serial device's link in `kiosk.json`, and what of it may come from afar. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { baudRates, type LinkConfig, linkTarget, pathCharactersMax } from './kiosk-config.js';

export const linkSchema: z.ZodType<LinkConfig> = z
  .strictObject({
    path: z
      .string()
      .max(pathCharactersMax)
      .refine(
        (text) => linkTarget(text) !== null,
        'must be an absolute path, as /dev/serial/by-id/..., or tcp://host:port',
      )
      .describe('/dev/serial/by-id/... or tcp://host:port'),
    baudRate: z
      .literal([...baudRates])
      .exactOptional()
      .describe('needed for a serial device; over TCP the far end sets it'),
  })
  .refine((value) => linkTarget(value.path)?.type !== 'tty' || value.baudRate !== undefined, {
    path: ['baudRate'],
    message: 'missing: a serial device needs its speed, see its manual (e.g. 115200)',
  });

/** Names of serial devices as udev and the kernel give them. */
const serialPath = /^\/dev\/(?:serial\/by-(?:id|path)\/(?!\.)[^/\p{Cc}]+|tty[\w.-]+)$/u;

/**
 * What a path may name from afar. To open any other file may do harm by itself (a watchdog restarts the
 * board), and what listens on the board alone takes whom it hears for the guard.
 */
export const linkFromAfarSchema: z.ZodType<LinkConfig> = linkSchema.refine(
  ({ path }) => isDeviceFromAfar(path),
  {
    path: ['path'],
    message:
      'must be /dev/serial/by-id/..., /dev/serial/by-path/..., /dev/tty..., or tcp:// with an IP address that is not the board itself',
  },
);

function isDeviceFromAfar(path: string): boolean {
  const target = linkTarget(path);
  if (target?.type !== 'tcp') return serialPath.test(path);
  // Names are refused: one may stand for the board, too; and so does what begins with ::, as ::ffff:127.0.0.1.
  const kind = isIP(target.host);
  return kind === 4
    ? !/^(?:0|127)\./.test(target.host)
    : kind === 6 && !/^(?:0{0,4}:){2}/.test(target.host);
}
