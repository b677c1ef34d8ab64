import { expect, test } from 'vitest';
import { findOne, type HidDevice, hidLink } from '../../hardware/linux/hid-link.js';

const usagePage = 0x8c;
const scanner: HidDevice = {
  path: '/dev/hidraw3',
  vendorId: 0x0c2e,
  productId: 0x0b61,
  serialNumber: 'A1',
  product: 'scanner',
  usagePage,
};
const twin: HidDevice = { ...scanner, path: '/dev/hidraw4', serialNumber: 'B2' };
const keyboard: HidDevice = { ...scanner, path: '/dev/hidraw0', usagePage: 1 };

test('a scanner is found by what it is, among keyboards and whatever its node is called', () => {
  expect(findOne([keyboard, scanner], { usagePage })).toBe('/dev/hidraw3');
  // One entry a collection: a device with two of them is one device.
  expect(findOne([scanner, { ...scanner }], { usagePage })).toBe('/dev/hidraw3');
});

test('of several, the one that is named by vendor, product or serial', () => {
  const other: HidDevice = { ...twin, vendorId: 0x05e0, productId: 0x1900 };
  expect(findOne([scanner, twin], { usagePage, serial: 'B2' })).toBe('/dev/hidraw4');
  expect(findOne([scanner, other], { usagePage, vendorId: 0x05e0 })).toBe('/dev/hidraw4');
  expect(findOne([scanner, other], { usagePage, productId: 0x0b61 })).toBe('/dev/hidraw3');
});

test('several that fit are none: which one is said by nobody, and how to say it is told', () => {
  const found = findOne([scanner, { ...twin, serialNumber: '' }], { usagePage });
  expect(found).toMatchObject({ why: 'ambiguous' });
  const detail = typeof found === 'string' ? '' : found.detail;
  expect(detail).toContain('name one by serial');
  expect(detail).toContain('0c2e:0b61 (serial A1, /dev/hidraw3)');
  expect(detail).toContain('(no serial, /dev/hidraw4)');
});

test('none that fits is absent, and told so through the link, never thrown', async () => {
  expect(findOne([keyboard], { usagePage })).toMatchObject({ why: 'absent' });
  const link = hidLink({ usagePage, serial: 'no such scanner' });
  const loss = await new Promise((resolve) =>
    link.open({
      opened: () => resolve('opened'),
      data: () => {},
      closed: (why, detail) => resolve([why, detail]),
    }),
  );
  expect(loss).toEqual(['absent', expect.stringContaining('is it plugged in')]);
  expect(link.reportDescriptor()).toEqual(new Uint8Array());
});

test('a link that is closed while it looks for its device tells nothing', async () => {
  const heard: string[] = [];
  const link = hidLink({ usagePage, serial: 'no such scanner' });
  const listen = (name: string, closed = (): void => {}) => ({
    opened: () => heard.push(`${name} opened`),
    data: () => {},
    closed(why: string) {
      heard.push(`${name} ${why}`);
      closed();
    },
  });
  link.open(listen('first'));
  link.close();
  await new Promise<void>((resolve) => link.open(listen('second', resolve)));
  expect(heard).toEqual(['second absent']);
});
