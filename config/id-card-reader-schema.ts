/** The schema of `devices.idCardReader` in `kiosk.json`. */
import { z } from 'zod';
import { type LinkConfig, readCommands } from './kiosk-config.js';

/** @param link the schema of `link` */
export function idCardReaderSchema(link: z.ZodType<LinkConfig>) {
  return z.strictObject({
    driver: z.literal('sam-v'),
    link,
    readCommand: z
      .enum(readCommands)
      .exactOptional()
      .describe('30 01 (default) or 30 10, for readers that answer no other'),
  });
}
