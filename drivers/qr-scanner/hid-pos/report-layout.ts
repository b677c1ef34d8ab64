/**
 * Where a scanned code's bytes stand in the reports of a HID point-of-sale scanner, read from its
 * own report descriptor: makers differ in lengths and order, the usages say which field is which
 * (HID 1.11 section 6.2.2; HID usage tables, page 0x8C). Pure.
 */

/** The usage page of bar code scanners. */
export const scannerUsagePage = 0x8c;

export interface ReportLayout {
  /** 0: the device numbers no reports, and none begins with an id */
  readonly reportId: number;
  /** of the whole report, the id included */
  readonly reportBytes: number;
  /** where the count of data bytes stands */
  readonly lengthAt: number;
  readonly dataAt: number;
  readonly dataBytesMax: number;
  /** the flag that more of the same code follows; null: the device has none */
  readonly continued: { readonly at: number; readonly mask: number } | null;
}

/** Of a descriptor; HID gives none (the kernel's limit is HID_MAX_DESCRIPTOR_SIZE). */
export const descriptorBytesMax = 4_096;
/** Fields of all reports together; the largest descriptor seen has under a hundred. */
const fieldsMax = 512;
/** A data field is at least this long; shorter byte arrays are settings. */
const dataBytesMin = 8;

const byteCountUsage = 0x01_003b;
const decodedData = usageOf(0xfe);
const decodedDataContinued = usageOf(0xff);

interface Field {
  readonly reportId: number;
  /** the first usage; the others of a variable field stand in fields of their own */
  readonly usage: number;
  readonly page: number;
  readonly bitAt: number;
  readonly bits: number;
  readonly count: number;
  readonly constant: boolean;
}

function usageOf(id: number): number {
  return scannerUsagePage * 0x1_0000 + id;
}

/**
 * Reads a report descriptor.
 * @param descriptor its bytes, as the kernel gives them
 * @returns the layout of scanned-data reports; null where there is none or the bytes are no descriptor
 */
export function reportLayout(descriptor: Uint8Array): ReportLayout | null {
  const fields = inputFields(descriptor);
  if (fields === null) return null;
  for (const reportId of new Set(fields.map((field) => field.reportId))) {
    const mine = fields.filter((field) => field.reportId === reportId);
    const layout = layoutOf(reportId, mine);
    if (layout !== null) return layout;
  }
  return null;
}

/** By usages; where the maker uses none of them, a byte before an array of bytes is its length. */
function layoutOf(reportId: number, fields: readonly Field[]): ReportLayout | null {
  if (!fields.some(({ page }) => page === scannerUsagePage)) return null;
  const isData = (field: Field): boolean => isBytes(field) && field.count >= dataBytesMin;
  const isLength = (field: Field): boolean => isBytes(field) && field.count === 1;
  const data = fields.find((field) => field.usage === decodedData) ?? fields.find(isData);
  if (data === undefined || !isData(data)) return null;
  const before = fields.filter((field) => field.bitAt < data.bitAt && isLength(field));
  const length = fields.find(({ usage }) => usage === byteCountUsage) ?? before[0];
  if (length === undefined || !isLength(length)) return null;
  // A flag of no bits says nothing: full reports tell then, as where there is none.
  const isFlag = ({ usage, bits }: Field): boolean =>
    usage === decodedDataContinued && bits > 0 && bits <= 8;
  const flag = fields.find(isFlag);
  const idBytes = reportId === 0 ? 0 : 1;
  const endBit = Math.max(...fields.map(({ bitAt, bits, count }) => bitAt + bits * count));
  return {
    reportId,
    reportBytes: idBytes + Math.ceil(endBit / 8),
    lengthAt: idBytes + length.bitAt / 8,
    dataAt: idBytes + data.bitAt / 8,
    dataBytesMax: data.count,
    continued:
      flag === undefined
        ? null
        : {
            at: idBytes + Math.floor(flag.bitAt / 8),
            mask: (((1 << flag.bits) - 1) << (flag.bitAt % 8)) & 0xff,
          },
  };
}

function isBytes({ bits, bitAt, constant }: Field): boolean {
  return !constant && bits === 8 && bitAt % 8 === 0;
}

/** The fields of all input reports, in order; null for what is no descriptor. */
function inputFields(descriptor: Uint8Array): readonly Field[] | null {
  if (descriptor.length > descriptorBytesMax) return null;
  const fields: Field[] = [];
  const bitsOf = new Map<number, number>();
  let [page, bits, count, reportId] = [0, 0, 0, 0];
  let usages: number[] = [];
  const stack: [number, number, number, number][] = [];

  const addInput = (flags: number): boolean => {
    const bitAt = bitsOf.get(reportId) ?? 0;
    if (bits > 64 || bitAt + bits * count > descriptorBytesMax * 8) return false;
    bitsOf.set(reportId, bitAt + bits * count);
    const constant = (flags & 1) !== 0;
    const shared = { reportId, page, bits, constant };
    // Several usages are one field each; one usage for many, as decoded data has it, is one array.
    const apart = usages.length > 1 ? Math.min(usages.length - 1, count) : 0;
    for (let index = 0; index < apart; index++) {
      const usage = usages[index] ?? 0;
      fields.push({ ...shared, usage, bitAt: bitAt + index * bits, count: 1 });
    }
    if (count > apart)
      fields.push({
        ...shared,
        usage: usages[apart] ?? 0,
        bitAt: bitAt + apart * bits,
        count: count - apart,
      });
    return fields.length <= fieldsMax;
  };

  for (let at = 0; at < descriptor.length; ) {
    const head = descriptor[at] ?? 0;
    // Long items (section 6.2.2.3) carry their size in the next byte; none is defined.
    const isLong = head === 0xfe;
    const size = isLong ? 2 + (descriptor[at + 1] ?? 0) : [0, 1, 2, 4][head & 3];
    if (size === undefined || at + 1 + size > descriptor.length) return null;
    const value = isLong ? 0 : littleEndian(descriptor, at + 1, size);
    at += 1 + size;
    const item = isLong ? 0xfc : head & 0xfc;
    // Main items: input, output, feature, collection and its end.
    if (item === 0x80 && !addInput(value)) return null;
    if ([0x80, 0x90, 0xb0, 0xa0, 0xc0].includes(item)) usages = [];
    if (item === 0x04) page = value & 0xffff;
    if (item === 0x74) bits = value;
    if (item === 0x84) reportId = value & 0xff;
    if (item === 0x94) count = value;
    if (item === 0xa4) {
      if (stack.length === 16) return null;
      stack.push([page, bits, count, reportId]);
    }
    if (item === 0xb4) {
      const popped = stack.pop();
      if (popped === undefined) return null;
      [page, bits, count, reportId] = popped;
    }
    // A usage of four bytes brings its page along.
    if (item === 0x08 && usages.length < fieldsMax)
      usages.push(size === 4 ? value : page * 0x1_0000 + value);
  }
  return fields;
}

function littleEndian(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let index = size - 1; index >= 0; index--) value = value * 256 + (bytes[at + index] ?? 0);
  return value;
}
