/** The schema of `devices.scanner`. */
import { z } from 'zod';
import { cameraSchema } from './camera-schema.js';
import type { LinkConfig, ScannerConfig } from './kiosk-config.js';
import { idleMsRange, sameCodeDelayRange, scanModes } from './scanner-config.js';

/** A USB serial number string has 126 characters at most. */
const serialCharactersMax = 126;

const usbId = z
  .string()
  .regex(/^[0-9a-f]{4}$/, 'must be four hexadecimal digits in lower case, as lsusb prints them');
const idleMs = z
  .int()
  .min(idleMsRange.min)
  .max(idleMsRange.max)
  .exactOptional()
  .describe('silence in ms that ends a line which has no end of its own; default 60');

/** Takes the schema of a link; returns that of each kind of scanner with a link, a selector or a camera. */
export function scannerKinds(link: z.ZodType<LinkConfig>) {
  return [
    z.strictObject({ driver: z.literal('line'), link, idleMs }),
    z.strictObject({
      driver: z.literal('gm65'),
      link: link.describe('baudRate: the speed that the module is set to, e.g. 115200'),
      idleMs,
      mode: z
        .enum(scanModes)
        .exactOptional()
        .describe('continuous (default) looks all the time, sense when the picture changes'),
      sameCodeDelay: z
        .int()
        .min(sameCodeDelayRange.min)
        .max(sameCodeDelayRange.max)
        .exactOptional()
        .describe('how long the same code is given once only, in units of the module; default 5'),
    }),
    z.strictObject({
      driver: z.literal('hid-pos'),
      hid: z
        .strictObject({
          vendorId: usbId.exactOptional(),
          productId: usbId.exactOptional(),
          serial: z.string().min(1).max(serialCharactersMax).exactOptional(),
        })
        .describe('which one, where there are several; {} is the only one there is'),
    }),
    cameraSchema,
  ] as const;
}

/** @returns the schema of every kind of scanner, given that of a link */
export function scannerSchema(link: z.ZodType<LinkConfig>): z.ZodType<ScannerConfig> {
  return z
    .discriminatedUnion('driver', scannerKinds(link))
    .describe('what reads QR codes; see drivers/qr-scanner/PROTOCOL.md');
}
