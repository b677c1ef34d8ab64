/** Whether two JSON values are the same, whatever the order of their members. Pure. */

/** @returns true for equal values; a member that is not there equals only one that is not there */
export function sameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object') return false;
  if (left === null || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right))
    return (
      Array.isArray(left) &&
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((item, index) => sameJson(item, right[index]))
    );
  const members: readonly [string, unknown][] = Object.entries(left);
  const others = new Map<string, unknown>(Object.entries(right));
  return (
    members.length === others.size &&
    members.every(([name, value]) => others.has(name) && sameJson(value, others.get(name)))
  );
}
