/** The example configuration and the policy, as they are shipped: what the simulated board runs. */
import { readFileSync } from 'node:fs';
import type { KioskConfig } from '../../config/kiosk-config.js';
import { parseKioskConfig } from '../../config/kiosk-config-schema.js';
import { shippedPolicyPath } from '../../config/load.js';
import type { Policy } from '../../config/policy.js';
import { loadPolicy } from '../../config/policy-schema.js';

/** @throws where the shipped files are not well formed: a broken installation */
export function shippedConfiguration(): { config: KioskConfig; policy: Policy } {
  const example = new URL('../../config/kiosk.example.json', import.meta.url);
  const config = parseKioskConfig(JSON.parse(readFileSync(example, 'utf8')));
  const policy = loadPolicy(JSON.parse(readFileSync(shippedPolicyPath, 'utf8')));
  if (!config.ok || !policy.ok) throw new Error('the shipped configuration is not well formed');
  return { config: config.config, policy: policy.policy };
}
