/** The thermometer that `drivers/thermometer/PROTOCOL.md` describes as its example of `frames`. */
import type { ThermometerConfig } from '../config/kiosk-config.js';

export const frameExample = {
  driver: 'frames',
  link: { path: '/dev/serial/by-id/usb-thermometer-if00', baudRate: 115_200 },
  frame: {
    header: 'F0 4F',
    terminator: 'EF EE',
    lengthMax: 20,
    fields: {
      object: { offset: 2, bytes: 2, endian: 'little', centidegreesPerUnit: 10 },
      body: { offset: 4, bytes: 2, endian: 'little', centidegreesPerUnit: 10 },
      ambient: { offset: 6, bytes: 1, centidegreesPerUnit: 100 },
    },
    checksum: { kind: 'sum8' },
  },
  poll: { command: 'F0 01 EF EE', everyMs: 200 },
} as const satisfies ThermometerConfig;
