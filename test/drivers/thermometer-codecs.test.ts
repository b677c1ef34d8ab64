import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FieldLayout } from '../../config/frame-layout.js';
import type { Decoder } from '../../drivers/decoder.js';
import { checksumOf } from '../../drivers/thermometer/checksums.js';
import { encodeTemperature, temperatureDecoder } from '../../drivers/thermometer/codec.js';
import { configuredDecoder, encodeConfigured } from '../../drivers/thermometer/frames/codec.js';
import { encodeSurface, surfaceDecoder } from '../../drivers/thermometer/gy-mcu90614/codec.js';
import { layouts } from './thermometer-layouts.js';

const measured = fc.integer({ min: -32_767, max: 32_767 });
const joined = (parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

describe('what only the other thermometers promise', () => {
  test('the published frame of the older board is read as its fields', () => {
    const bytes = Uint8Array.from(Buffer.from('5a5a45040c780d19a7', 'hex'));
    const fields = { objectCentidegrees: 3_192, ambientCentidegrees: 3_353 };
    expect(surfaceDecoder().push(bytes)).toEqual([
      { type: 'frame', ...fields, bodyCentidegrees: null },
    ]);
    expect(encodeSurface(fields)).toEqual(bytes);
  });

  test('the boards do not take each other for themselves', () => {
    const surface = encodeSurface({ objectCentidegrees: 3_192, ambientCentidegrees: 2_200 });
    const newer = encodeTemperature({
      emissivityPercent: 97,
      objectCentidegrees: 3_350,
      ambientCentidegrees: 2_210,
      bodyCentidegrees: 3_652,
    });
    const frames = (decoder: Decoder<unknown>, bytes: Uint8Array) =>
      decoder.push(bytes).filter((result) => (result as { type: string }).type === 'frame');
    const many = (bytes: Uint8Array) => joined(new Array<Uint8Array>(1_000).fill(bytes));
    expect(frames(temperatureDecoder(), many(surface))).toEqual([]);
    expect(frames(surfaceDecoder(), many(newer))).toEqual([]);
  });

  test('any layout reads what it writes, and what was changed is a frame or garbage', () => {
    fc.assert(
      fc.property(layouts, fc.array(measured, { minLength: 3, maxLength: 3 }), (given, values) => {
        const [object = 0, ambient = 0, body = 0] = values.map((value) => Math.trunc(value / 3));
        const wanted = {
          objectCentidegrees: inUnits(given.fields.object, object),
          ambientCentidegrees: inUnits(given.fields.ambient, ambient),
          bodyCentidegrees: inUnits(given.fields.body, body),
        };
        const bytes = encodeConfigured(given, wanted);
        expect(configuredDecoder(given).push(bytes)).toEqual([{ type: 'frame', ...wanted }]);
        const changed = bytes.map((byte, at) => (at === bytes.length >> 1 ? byte ^ 0x55 : byte));
        const results = [...configuredDecoder(given).push(changed)];
        for (const result of results) expect(['frame', 'discarded']).toContain(result.type);
      }),
    );
  });

  test.each([
    ['sum8', [0x45]],
    ['complement8', [0xbb]],
    ['xor8', [0x31]],
    ['crc8', [0xf4]],
    ['sum16-big', [0x01, 0xdd]],
    ['crc16-modbus', [0x37, 0x4b]],
  ] as const)('the check value of %s is the published one', (kind, check) => {
    const ascii = new TextEncoder().encode('123456789');
    const other: Readonly<Record<string, Uint8Array>> = {
      sum8: Uint8Array.of(0x5a, 0x5a, 0x45, 0x4c),
      complement8: Uint8Array.of(0x40, 0x05),
    };
    expect(checksumOf(kind, other[kind] ?? ascii)).toEqual(check);
  });
});

/** The nearest value that a field of the layout can hold. */
function inUnits(field: FieldLayout | undefined, centidegrees: number): number {
  if (field?.bytes !== 1) return centidegrees + 0;
  const { centidegreesPerUnit } = field;
  return Math.trunc((centidegrees % 10_000) / centidegreesPerUnit) * centidegreesPerUnit + 0;
}
