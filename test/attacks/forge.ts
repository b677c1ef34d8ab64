/** What an attacker works with: true messages of a site, changed ones, and what a gate makes of them. */
import { createHash } from 'node:crypto';
import {
  type Envelope,
  encodeEnvelope,
  parseEnvelope,
  signEnvelope,
} from '../../config/crypto/dsse.js';
import type { PrivateKey } from '../../config/crypto/ed25519-key.js';
import type { ConfigChannel } from '../../config/vocabulary.js';
import { virtualClock } from '../../hardware/simulated/clock.js';
import { openLog } from '../../kiosk/log.js';
import { startCommandDesk } from '../../kiosk/settings/desk/command-desk.js';
import type { Contents } from '../../kiosk/settings/desk/contents.js';
import {
  type CommandContext,
  commandPayloadType,
  judgeCommand,
} from '../../kiosk/settings/signed/judge-command.js';
import { judgeStep, type StepContext } from '../../kiosk/settings/signed/judge-step.js';
import { makeAdmin, type SignedStep, signStep } from '../admin-steps.js';
import {
  ann,
  ben,
  cho,
  type DeskRig,
  kiosk,
  listOf,
  nowMs,
  shippedPolicy,
  site,
  startDesk,
  trustOf,
} from '../kiosk/settings/desk-rig.js';

/** nobody whom the site knows */
export const thief = makeAdmin('thief');
export const both = [ann.key, ben.key] as const;
/** a hash of nothing */
export const sha = 'ab'.repeat(32);

/** @returns a step as two admins sign it, but for what is changed */
export function step(
  channel: ConfigChannel,
  change: Readonly<Record<string, unknown>> = {},
  keys: readonly PrivateKey[] = both,
): SignedStep {
  return signStep(site, channel, { body: {}, ...change }, keys, nowMs);
}

/** Signed, whatever it says. */
export function sealed(
  payloadType: string,
  payload: string | Uint8Array,
  keys: readonly PrivateKey[] = both,
): Uint8Array {
  const envelope = { payloadType, payload: Buffer.from(payload), signatures: [] };
  return encodeEnvelope(keys.reduce<Envelope>(signEnvelope, envelope));
}

/** Takes a message; returns the envelope in it. */
export function opened(bytes: Uint8Array): Envelope {
  const parsed = parseEnvelope(bytes);
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.envelope;
}

/** Takes a message and what to put in the place of some of its members; returns the changed message. */
export function altered(
  bytes: Uint8Array,
  change: (envelope: Envelope) => Partial<Envelope>,
): Uint8Array {
  const envelope = opened(bytes);
  return encodeEnvelope({ ...envelope, ...change(envelope) });
}

export const stepContext: StepContext = {
  ...{ site, kiosk, groups: ['north'], version: '1.0.0', channel: 'policy' },
  trust: trustOf(listOf(ann, ben, cho)),
  ...{ marks: new Map(), floorMs: nowMs - 60_000, nowMs },
};

/** @returns `all` or `few` where a step is taken, by its signatures; else why not */
export function judged(bytes: Uint8Array, change: Partial<StepContext> = {}): string {
  const verdict = judgeStep(bytes, { ...stepContext, ...change });
  if (verdict.is === 'refused') return verdict.why;
  return verdict.is === 'taken' ? verdict.signed : verdict.is;
}

/** Takes what came of a message; returns what an attacker has of it who wanted it to be so. */
export function got(came: string, ...wanted: readonly string[]): string | null {
  return wanted.includes(came) ? `it is ${came}` : null;
}

/** @returns a command's text: to open this gate, now */
export function commandText(change: object = {}): string {
  const issued = new Date(nowMs - 10_000).toISOString();
  const expires = new Date(nowMs + 50_000).toISOString();
  const times = { nonce: 'n'.repeat(22), issued, expires, args: {} };
  return JSON.stringify({ site, kiosk, id: 'c-1', name: 'open', ...times, ...change });
}

export const commandContext: CommandContext = {
  ...{ site, kiosk, name: 'open', isRetained: false, trust: stepContext.trust, nowMs },
  ...{ startedMs: nowMs - 3_600_000, seen: new Map() },
};

/** @returns `taken`, or why not */
export function judgedCommand(bytes: Uint8Array, change: Partial<CommandContext> = {}): string {
  const verdict = judgeCommand(bytes, { ...commandContext, ...change });
  return verdict.is === 'refused' ? verdict.why : verdict.is;
}

/** A gate's desk for commands that has run for so long: what it is given to do is counted, and not done. */
export function commandGate(
  trust: Contents['trust'],
  runMs: number,
): {
  say(name: string, bytes: Uint8Array, retained: boolean): void;
  given(): number;
} {
  let count = 0;
  const clock = virtualClock({ wallMs: nowMs });
  const desk = startCommandDesk({
    names: { site, kiosk },
    ...{ clock, log: openLog({ level: 'silent' }), trust: () => trust, nowMs: () => nowMs },
    give: () => {
      count += 1;
    },
    lampTest() {},
    diagnostics: () => ({}),
    fault() {},
  });
  clock.advance(runMs);
  return {
    say: (name, payload, retained) =>
      void desk.guest.message({ topic: `gk/1/${site}/${kiosk}/cmd/${name}`, payload, retained }),
    given: () => count,
  };
}

/** @returns a command as an admin signs it, but for what is changed */
export function command(change: object = {}): Uint8Array {
  return sealed(commandPayloadType, commandText(change), [ann.key]);
}

/**
 * @returns one rule of the shipped policy, which is quickly looked at, with another limit of fever, to tell
 *   one from another
 */
export function policyOf(feverCentidegrees: number): Contents['policy'] {
  const rules = shippedPolicy.rules.filter(({ id }) => id === 'duty-staff');
  return { ...shippedPolicy, rules, settings: { ...shippedPolicy.settings, feverCentidegrees } };
}

/** @returns by which limit of fever the gate goes */
export function feverOf({ applied }: DeskRig): number {
  return applied.at(-1)?.policy.settings.feverCentidegrees ?? 0;
}

/** @returns ids of papers, by made-up names */
export function papers(...names: readonly string[]): readonly string[] {
  return names.map((name) => createHash('sha256').update(name).digest('hex').slice(0, 32));
}

/** @returns whether the gate refuses a paper of that name */
export function isRevoked({ applied }: DeskRig, name: string): boolean {
  return applied.at(-1)?.revocations.credentials.has(papers(name)[0] ?? '') ?? false;
}

/** Says a step to a gate by its topic, and lets the gate do what it does about it. */
export async function flash(
  rig: DeskRig,
  channel: ConfigChannel,
  { bytes, seq }: SignedStep,
): Promise<void> {
  const isNumbered = channel === 'trust' || channel === 'revocation';
  rig.say(`cfg/desired/${channel}${isNumbered ? `/${seq}` : ''}`, bytes);
  await rig.settle();
}

/** Lets a gate live as long as the work goes on. */
export async function atDesk(
  work: (rig: DeskRig) => Promise<string | null>,
  admins: readonly { member: object }[] = [ann, ben, cho],
): Promise<string | null> {
  const rig = await startDesk(admins);
  try {
    return await work(rig);
  } finally {
    rig.close();
  }
}
