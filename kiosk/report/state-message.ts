/** The retained `state` of a gate, and its will: what a site's overview reads. Pure. */

import { formatRfc3339 } from '../../config/rfc3339.js';
import type { ClockState, DeviceName, DeviceStatus } from '../../config/vocabulary.js';
import type { Head } from '../journal/chain.js';

export interface StateFacts {
  readonly bootId: string;
  /** of this connection; a reader ignores the will of an older one */
  readonly session: string;
  readonly version: string;
  readonly journal: string;
  readonly wallMs: number;
  readonly clock: ClockState;
  /** by channel of configuration, the highest that is in force */
  readonly config: Readonly<Record<string, number>>;
  readonly head: Head;
  readonly backlog: number;
  readonly devices: Readonly<Partial<Record<DeviceName, DeviceStatus>>>;
  /** what a time must name that is to be set here; left out by a gate that takes none */
  readonly timeChallenge?: string;
  /** when the certificate ends by which the gate is connected; absent: it has none */
  readonly certificateUntilMs?: number;
}

/**
 * @param online false: the will, published by the broker when the connection is lost
 * @returns JSON
 */
export function stateMessage(facts: StateFacts, online: boolean): string {
  const { bootId, session, version, journal, wallMs, clock, config, head, backlog, devices } =
    facts;
  const { timeChallenge } = facts;
  const at = formatRfc3339(wallMs);
  const { certificateUntilMs } = facts;
  const certificate =
    certificateUntilMs === undefined ? {} : { certificateUntil: formatRfc3339(certificateUntilMs) };
  return JSON.stringify({
    online,
    bootId,
    session,
    at,
    version,
    journal,
    clock,
    config,
    head: { seq: head.seq, hash: head.hash },
    backlog,
    devices,
    timeChallenge,
    ...certificate,
  });
}
