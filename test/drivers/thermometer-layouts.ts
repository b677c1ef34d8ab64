/** Arbitrary descriptions of a head's frames, as the configuration's check lets them through. */
import fc from 'fast-check';
import {
  checksumKinds,
  type FieldLayout,
  type FrameLayout,
  fieldSizes,
} from '../../config/frame-layout.js';
import { checksumBytes } from '../../drivers/thermometer/checksums.js';

const hexOf = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');

const fieldOf = (size: (typeof fieldSizes)[number]): fc.Arbitrary<Omit<FieldLayout, 'offset'>> =>
  fc.record({
    bytes: fc.constant(size),
    endian: fc.constantFrom<'big' | 'little'>('big', 'little'),
    signed: fc.constant(true),
    centidegreesPerUnit: fc.constant(size === 1 ? 100 : 1),
  });

/** Three fields, one after the other with gaps, then a check; ended by length or by a terminator. */
export const layouts: fc.Arbitrary<FrameLayout> = fc
  .record({
    header: fc.uint8Array({ minLength: 2, maxLength: 8 }),
    gaps: fc.array(fc.nat(3), { minLength: 4, maxLength: 4 }),
    sizes: fc.array(fc.constantFrom(...fieldSizes), { minLength: 3, maxLength: 3 }),
    kind: fc.constantFrom(...checksumKinds),
    from: fc.nat(2),
    terminator: fc.option(fc.uint8Array({ minLength: 1, maxLength: 4 })),
  })
  .chain(({ header, gaps, sizes, kind, from, terminator }) =>
    fc.tuple(...sizes.map(fieldOf)).map((fields): FrameLayout => {
      let offset = header.length;
      const placed = fields.map((field, index) => {
        const at = offset + (gaps[index] ?? 0);
        offset = at + field.bytes;
        return { ...field, offset: at };
      });
      const [body, object, ambient] = placed as [FieldLayout, FieldLayout, FieldLayout];
      const length = offset + (gaps[3] ?? 0) + checksumBytes[kind];
      return {
        header: hexOf(header),
        ...(terminator === null ? { length } : { terminator: hexOf(terminator) }),
        fields: { body, object, ambient },
        checksum: { kind, from },
      };
    }),
  );
