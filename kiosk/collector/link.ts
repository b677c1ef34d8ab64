/** A collector's link to its broker. */

import type { BrokerOptions, LinkTools } from '../report/broker-link.js';
import { type BrokerEvents, type BrokerLink, connectBroker } from '../report/broker-link.js';
import { collectorFilters } from '../report/topics.js';
import type { Shard } from './shard.js';

export interface CollectorLinkOptions extends Pick<BrokerOptions, 'url' | 'protocol' | 'tls'> {
  readonly site: string;
  /** the collector's, as in the trust list */
  readonly name: string;
  readonly shard: Shard;
}

const keepAliveSeconds = 30;
/** What comes meanwhile the broker keeps for a day, as far as its queue reaches; the gates keep all. */
const sessionSeconds = 86_400;

/**
 * Reading is cheap beside storing: what is behind a flood is found sooner, and what of the flood is too
 * much is dropped sooner.
 */
const burst = 512;

/** @returns what makes the link for `startCollector`; the client's id is its name, and its shard's */
export function collectorLink(
  options: CollectorLinkOptions,
  tools: LinkTools,
): (events: BrokerEvents) => BrokerLink {
  const { site, name, shard, url, protocol, tls } = options;
  const part = shard.count === 1 ? '' : `-${shard.index}-of-${shard.count}`;
  // An id of letters, digits and hyphens: MQTT 3.1.1 promises no others (section 3.1.3.1).
  const clientId = `${site}-${name.replaceAll(/[^A-Za-z0-9-]/g, '-')}${part}`;
  const filters = collectorFilters(site);
  return (events) =>
    connectBroker(
      { url, protocol, tls, clientId, filters, keepAliveSeconds, sessionSeconds, burst },
      tools,
      events,
    );
}
