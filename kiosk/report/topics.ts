/** The MQTT topics of a gate and of its site (docs: gk/1/<site>/<kiosk>/…). Pure. */

const version = 'gk/1';

export interface Names {
  readonly site: string;
  readonly kiosk: string;
}

/** @returns every topic that a gate writes or reads, under its own name */
export function gateTopics({ site, kiosk }: Names) {
  const base = `${version}/${site}/${kiosk}`;
  return {
    base,
    state: `${base}/state`,
    events: `${base}/ev`,
    receipt: `${base}/ev/ack`,
    checkpoint: `${base}/checkpoint`,
    notice: (id: string) => `${base}/notice/${id}`,
    /** no notice has this id: the gate's are longer */
    noticeAck: `${base}/notice/ack`,
  } as const;
}

/** What a collector subscribes to. */
export function collectorFilters(site: string): readonly string[] {
  return ['state', 'ev', 'checkpoint', 'notice/+'].map((name) => `${version}/${site}/+/${name}`);
}

/**
 * Of no gate: what a collector publishes here comes back to it behind all that the broker has kept, for
 * `collectorFilters` has it, and an ACL that lets it acknowledge lets it write here.
 */
export function settledTopic(site: string): string {
  return `${version}/${site}/_settled/notice/ack`;
}

export interface GateTopic {
  readonly kiosk: string;
  /** what follows the gate's name: `ev`, `notice/12-guard` */
  readonly name: string;
}

const kioskShape = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** @returns whose topic it is; null for one of another site or of no gate */
export function readGateTopic(site: string, topic: string): GateTopic | null {
  const prefix = `${version}/${site}/`;
  if (!topic.startsWith(prefix)) return null;
  const [kiosk = '', ...rest] = topic.slice(prefix.length).split('/');
  return kioskShape.test(kiosk) && rest.length > 0 ? { kiosk, name: rest.join('/') } : null;
}
