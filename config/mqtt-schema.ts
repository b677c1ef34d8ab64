/** The schema of `mqtt` in `kiosk.json`: what of it may come from afar, and the whole. */
import { z } from 'zod';
import { isSecureBroker, keepAliveSecondsRange, pathCharactersMax } from './kiosk-config.js';

/** What a link to a broker goes by beside the gate's own certificate. */
export const mqttMembers = {
  broker: z
    .string()
    .max(pathCharactersMax)
    .refine(
      (text) => isSecureBroker(text) !== null,
      'must be mqtts://host:port, or mqtt://host:port',
    )
    .describe('mqtts://host:port; mqtt:// only within a network of the site'),
  protocol: z.literal([4, 5]).exactOptional().describe('5 (default), or 4: MQTT 3.1.1'),
  keepAliveSeconds: z
    .int()
    .min(keepAliveSecondsRange.min)
    .max(keepAliveSecondsRange.max)
    .exactOptional()
    .describe('default 30; a silent broker is given up after one and a half of it'),
};

/** @param path the schema of an absolute path */
export function mqttSchema(path: z.ZodType<string>) {
  return z
    .strictObject({
      ...mqttMembers,
      tls: z
        .strictObject({
          authority: path.describe('PEM: who has signed the certificate of the broker'),
          certificate: path.describe('PEM; its name is the id of the kiosk'),
          key: path.describe('PEM; chmod 600'),
        })
        .exactOptional(),
    })
    .exactOptional()
    .describe('where the gate reports to; keys/device.json is its own key');
}
