/** From a device's link in the configuration to the link itself. */
import { type LinkConfig, linkTarget } from '../../config/kiosk-config.js';
import type { Link } from '../ports.js';
import { serialLink } from './serial-link.js';
import { tcpLink } from './tcp-link.js';

/** Factory speed of most modules; the configuration's check demands a speed for a tty anyway. */
const baudRateDefault = 9_600;

/** Makes the link that a checked configuration names: a tty by its path, or `tcp://host:port`. */
export function linkTo({ path, baudRate }: LinkConfig): Link {
  const target = linkTarget(path);
  if (target?.type === 'tcp') return tcpLink(target);
  return serialLink({ path, baudRate: baudRate ?? baudRateDefault });
}
