/**
 * The few facts about the curve edwards25519 (RFC 8032 §5.1) that decide whether 32 bytes are a
 * key or a point worth trusting. OpenSSL verifies signatures; it does not ask these questions.
 * Pure.
 */
export const keyBytes = 32;
export const signatureBytes = 64;

/** The field's prime, 2^255 − 19. */
const prime = (1n << 255n) - 19n;
/** The order of the base point, L. */
const groupOrder = (1n << 252n) + 27742317777372353535851937790883648493n;
/** The curve's constant d = −121665/121666. */
const curveD = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;
/** y of the points of order 8 (the other pair has p − y); RFC 7748 §7 warns of such points. */
const orderEightY = 2707385501144840649318225287225658788936804267575313519463743609750303402022n;

/** y of every point whose order divides 8; the sign bit of x makes them eight. */
const smallOrderY: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  prime - 1n,
  orderEightY,
  prime - orderEightY,
]);
/** Their encodings without the sign bit, as hex: the quick look on the way of every signature. */
const smallOrderHex: ReadonlySet<string> = new Set([...smallOrderY].map(littleEndianHex));
const groupOrderBytes = Buffer.from(littleEndianHex(groupOrder), 'hex');

export type PointProblem = 'wrong-size' | 'non-canonical' | 'small-order' | 'not-on-curve';

/**
 * Takes the bytes of an Ed25519 public key (or of R); returns what is wrong with them as a point,
 * or null. Non-canonical is y ≥ p; x = 0 with the sign bit set is of small order anyway.
 * Source: RFC 8032 §5.1.3.
 */
export function judgePoint(bytes: Uint8Array): PointProblem | null {
  if (bytes.length !== keyBytes) return 'wrong-size';
  const y = readLittleEndian(bytes) & ((1n << 255n) - 1n);
  if (y >= prime) return 'non-canonical';
  if (smallOrderY.has(y)) return 'small-order';
  // x² = (y² − 1) / (d·y² + 1) has a root only if the product of both sides is a square.
  const square = (y * y) % prime;
  const product = ((square + prime - 1n) * ((curveD * square + 1n) % prime)) % prime;
  return power(product, (prime - 1n) / 2n) === 1n ? null : 'not-on-curve';
}

/**
 * Takes the bytes of a key to which something is sealed (X25519, RFC 7748); returns what is wrong,
 * or null. The top bit is no part of u (RFC 7748 §5). Small order is refused in the sense of
 * either form of the curve (RFC 7748 §6.1), so a mistaken form does not hide it.
 */
export function judgeExchangeKey(bytes: Uint8Array): PointProblem | null {
  if (bytes.length !== keyBytes) return 'wrong-size';
  const u = readLittleEndian(bytes) & ((1n << 255n) - 1n);
  if (u >= prime) return 'non-canonical';
  return smallOrderU.has(u) || smallOrderY.has(u) ? 'small-order' : null;
}

/** u of the points of small order on curve25519 and its twist. */
const smallOrderU: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  prime - 1n,
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
]);

/**
 * Takes a signature; says whether R is a point of large order in its one encoding and S < L.
 * Refused otherwise, for such a signature can be changed or forged (RFC 8032 §5.1.7, §8.4).
 */
export function isStrictSignature(signature: Uint8Array): boolean {
  if (signature.length !== signatureBytes) return false;
  const buffer = Buffer.from(signature.buffer, signature.byteOffset, signature.length);
  const r = Buffer.from(buffer.subarray(0, keyBytes));
  r.writeUInt8(r.readUInt8(keyBytes - 1) & 0x7f, keyBytes - 1);
  // R ≥ p never equals what the verifier computes, so only small order needs a look of its own.
  if (smallOrderHex.has(r.toString('hex'))) return false;
  return isBelow(buffer.subarray(keyBytes), groupOrderBytes);
}

/** Compares two little-endian numbers of one length. */
function isBelow(left: Buffer, right: Buffer): boolean {
  for (let index = right.length - 1; index >= 0; index -= 1) {
    const difference = left.readUInt8(index) - right.readUInt8(index);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function readLittleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}

function littleEndianHex(value: bigint): string {
  const bigEndian = Buffer.from(value.toString(16).padStart(keyBytes * 2, '0'), 'hex');
  return bigEndian.reverse().toString('hex');
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let factor = base % prime;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * factor) % prime;
    factor = (factor * factor) % prime;
  }
  return result;
}
