/** One value has one canonical text, and so one hash: how records name what the gate goes by. */
import { createHash } from 'node:crypto';
import type { KioskConfig } from '../../config/kiosk-config.js';
import { canonicalJson } from './canonical.js';

/**
 * @param value JSON with integers only
 * @returns hex SHA-256 of its canonical JSON (RFC 8785) in UTF-8, or null where it has none
 */
export function contentHash(value: unknown): string | null {
  const canonical = canonicalJson(value);
  if (!canonical.ok) return null;
  return createHash('sha256').update(canonical.text, 'utf8').digest('hex');
}

/**
 * @param config a checked `kiosk.json`; what it says to editors only is no part of it
 * @returns hex SHA-256 of its canonical JSON: the same settings have the same hash, however written
 */
export function configurationHash({ $schema: _, ...settings }: KioskConfig): string {
  // Its schema lets nothing through that has no canonical form.
  return contentHash(settings) ?? '';
}
