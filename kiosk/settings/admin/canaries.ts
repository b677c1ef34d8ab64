/**
 * What a broker must carry and what it must not, as messages to be tried. Judged by what arrives: a broker
 * may take a message, or a subscription, that it drops in silence, and say that all is well. Pure.
 */
export const canaryRoles = ['gate', 'other', 'admin', 'collector'] as const;
/** `gate`: a gate that tries what it may not; `other`: the gate that it tries it on. */
export type CanaryRole = (typeof canaryRoles)[number];

export interface Canary {
  readonly by: CanaryRole;
  readonly topic: string;
  /** who may read the topic, and so can tell whether it came */
  readonly readers: readonly CanaryRole[];
  readonly may: boolean;
  /** published by the broker when the connection is lost, not by the client */
  readonly isWill: boolean;
}

interface Topic {
  readonly writers: readonly CanaryRole[];
  readonly readers: readonly CanaryRole[];
}

/** Of the gate that is tried on. A gate may write its own `notice/ack`: it is signed, and fools nobody. */
const ofOther: Readonly<Record<string, Topic>> = {
  state: { writers: ['other'], readers: ['admin', 'collector'] },
  ev: { writers: ['other'], readers: ['collector'] },
  checkpoint: { writers: ['other'], readers: ['collector'] },
  'notice/canary': { writers: ['other'], readers: ['collector', 'other'] },
  'rsp/open': { writers: ['other'], readers: ['admin'] },
  'cfg/reported': { writers: ['other'], readers: ['admin'] },
  'cfg/desired/policy': { writers: ['admin'], readers: ['other', 'admin'] },
  'cfg/desired/trust/1': { writers: ['admin'], readers: ['other', 'admin'] },
  'cmd/open': { writers: ['admin'], readers: ['other'] },
  'ev/ack': { writers: ['collector'], readers: ['other'] },
  'notice/ack': { writers: ['collector', 'other'], readers: ['other', 'collector'] },
};

/** Of the gate that tries: nobody tells itself what to do. */
const ofGate: Readonly<Record<string, Topic>> = {
  'cfg/desired/policy': { writers: ['admin'], readers: ['gate', 'admin'] },
  'cmd/open': { writers: ['admin'], readers: ['gate'] },
  'ev/ack': { writers: ['collector'], readers: ['gate'] },
};

const gatesAndAdmin = ['gate', 'other', 'admin'] as const;
const ofSite: Readonly<Record<string, Topic>> = {
  '_all/cfg/desired/policy': { writers: ['admin'], readers: gatesAndAdmin },
  '_all/cfg/desired/trust/1': { writers: ['admin'], readers: gatesAndAdmin },
  '_all/blob/canary/0': { writers: ['admin'], readers: gatesAndAdmin },
  '_all/time': { writers: ['admin'], readers: gatesAndAdmin },
};

/**
 * @param site whose broker it is
 * @param names the gates' ids: made up, so that no real gate is disturbed
 * @returns first what must arrive, which proves that its readers hear; then what must not
 */
export function canariesOf(
  site: string,
  { gate, other }: { readonly gate: string; readonly other: string },
): readonly Canary[] {
  const topics = new Map<string, Topic>();
  const add = (base: string, some: Readonly<Record<string, Topic>>): void => {
    for (const [name, topic] of Object.entries(some))
      topics.set(`gk/1/${site}/${base}${name}`, topic);
  };
  add(`${other}/`, ofOther);
  add(`${gate}/`, ofGate);
  add('', ofSite);
  topics.set(`gk/1/${site}/_spent/${other}/d`, { writers: ['other'], readers: ['gate', 'other'] });

  const canaries = [...topics].flatMap(([topic, { writers, readers }]) =>
    canaryRoles.map((by): Canary => {
      return { by, topic, readers, may: writers.includes(by), isWill: false };
    }),
  );
  const state = `gk/1/${site}/${other}/state`;
  return [
    ...canaries.filter(({ may }) => may),
    ...canaries.filter(({ may }) => !may),
    { by: 'gate', topic: state, readers: ['admin', 'collector'], may: false, isWill: true },
  ];
}

export type CanaryVerdict =
  /** arrived, as it must */
  | 'arrives'
  /** did not arrive, and its readers were heard to hear */
  | 'kept out'
  /** arrived where it must not have been written */
  | 'HOLE: written'
  /** was read by a gate that it is not for */
  | 'HOLE: read'
  /** must arrive and did not */
  | 'MISSING'
  /** did not arrive, but nobody is known to hear there */
  | 'not proven';

/**
 * @param canary that was tried
 * @param heard who got it
 * @param hears whether such a reader got what was rightly written there
 */
export function judgeCanary(
  { may, readers }: Canary,
  heard: ReadonlySet<CanaryRole>,
  hears: (reader: CanaryRole) => boolean,
): CanaryVerdict {
  if (!may) {
    if (heard.size > 0) return 'HOLE: written';
    return readers.some(hears) ? 'kept out' : 'not proven';
  }
  // Admins and collectors may read more, where a site wants it so; a gate may not.
  if (heard.has('gate') && !readers.includes('gate')) return 'HOLE: read';
  return readers.every((reader) => heard.has(reader)) ? 'arrives' : 'MISSING';
}
