/** What a gate has accepted over its channels of configuration: it goes by that, and not by its files alone. */
import { noRevocations } from '../credential/revocations.js';
import type { Configuration } from '../daemon/configuration.js';
import { lookAtSettings } from '../settings/desk/load.js';
import { channelOf } from '../settings/signed/channel-state.js';
import { channels } from '../settings/signed/config-step.js';
import { type Finding, failed, ok, warning } from './finding.js';

const part = 'accepted-settings';

/** What a gate goes by, and what is to be said of it. */
export interface Accepted {
  readonly configuration: Configuration;
  readonly finding: Finding;
}

/**
 * @param configuration as the files have it
 * @returns with what was accepted since laid over it; as it is where that cannot be read
 */
export function acceptedSettings(configuration: Configuration): Accepted {
  const { config, trust, policy } = configuration;
  const folder = config.stateDirectory;
  try {
    const found = lookAtSettings(folder, { trust, policy, revocations: noRevocations, config });
    if (found === null)
      return { configuration, finding: ok(part, 'none: the gate goes by its files') };
    const { contents, state } = found;
    const { revocations: _, ...accepted } = contents;
    const lost = channels.filter((channel) => channelOf(state, channel).isLost);
    const inForce = channels.flatMap((channel) => {
      const own = channelOf(state, channel).inForce;
      return own === null ? [] : [`${channel} ${own.seq}`];
    });
    const says = inForce.length === 0 ? 'none: the gate goes by its files' : inForce.join(', ');
    const finding =
      lost.length === 0
        ? ok(part, says)
        : warning(
            part,
            `${says}; lost, so that an older one counts: ${lost.join(', ')}`,
            'connect it to its broker, which has them',
          );
    return { configuration: { ...configuration, ...accepted }, finding };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const remedy = `run the doctor as the gate's user; look at ${folder}`;
    return { configuration, finding: failed(part, `cannot be read: ${why}`, remedy) };
  }
}
