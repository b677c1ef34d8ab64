/** What `gatectl time` does at a broker: looks at one gate, and brings it a time. */
import { encodeEnvelope } from '../../config/crypto/dsse.js';
import { parseState } from '../../kiosk/collector/gates.js';
import type { InMessage, OutMessage } from '../../kiosk/report/broker-link.js';
import { type ShownTime, shownTime, type TimeFile } from '../../kiosk/settings/admin/time-file.js';
import { readBroker } from './broker-options.js';
import { printable } from './collect-output.js';
import { openSiteLink, type SiteLink } from './site-link.js';

/** No gate answers a raise, and most do less than it says. */
const raisedWords = `the broker has it; no gate answers it, and with one signature gates take it only so far:
a day ahead in all, and less than a minute not at all. What goes further they refuse, with the alarm
clock-signed-refused, unless as many as the threshold have signed it. gatectl fleet shows each gate’s clock
and time, and its journal what it has done: time-set or time-refused`;

type Access = Parameters<typeof readBroker>[0];
type Answer<Value> = ({ readonly ok: true } & Value) | { readonly ok: false; readonly why: string };

interface Look {
  shown(): ShownTime | null;
  take(message: InMessage): void;
}

function look(): Look {
  let shown: ShownTime | null = null;
  return {
    shown: () => shown,
    take({ payload }) {
      const state = parseState(payload);
      if (state !== null) shown = shownTime(state.text);
    },
  };
}

/**
 * @param access how the broker is reached
 * @returns what the gate shows, where it is on line and takes signed times; or why not
 */
export async function lookAtGate(
  access: Access,
  site: string,
  kiosk: string,
): Promise<Answer<{ readonly shown: ShownTime }>> {
  const gate = look();
  const opened = await openSiteLink({
    ...{ broker: readBroker(access), site, filters: [stateTopic(site, kiosk)] },
    message: gate.take,
  });
  if (!opened.ok) return opened;
  await opened.link.settled();
  await opened.link.close();
  const shown = gate.shown();
  if (shown === null) return { ok: false, why: `${kiosk} has never been heard at this broker` };
  if (!shown.isOnline)
    return { ok: false, why: `${kiosk} is not on line: its time is set where it can answer` };
  if (shown.challenge === null)
    return { ok: false, why: `${kiosk} shows no challenge: its software takes no signed time` };
  return { ok: true, shown };
}

/**
 * Publishes a time; of a set waits until the gate shows another challenge, for it has used this one.
 * @param access how the broker is reached
 * @returns in words what has come of it, or why nothing has
 */
export async function publishTime(
  access: Access,
  { envelope, payload }: TimeFile,
  retain: boolean,
  waitSeconds: number,
): Promise<Answer<{ readonly words: string }>> {
  const { site } = payload;
  const kiosk = payload.purpose === 'set' ? payload.kiosk : null;
  const gate = look();
  const opened = await openSiteLink({
    ...{ broker: readBroker(access), site },
    filters: kiosk === null ? [] : [stateTopic(site, kiosk)],
    message: gate.take,
  });
  if (!opened.ok) return opened;
  const { link } = opened;
  const message = { topic: `gk/1/${site}/_all/time`, payload: encodeEnvelope(envelope), retain };
  const result = await setOrRaised(link, gate, message, kiosk, waitSeconds);
  await link.close();
  return result;
}

async function setOrRaised(
  link: SiteLink,
  gate: Look,
  message: OutMessage,
  kiosk: string | null,
  waitSeconds: number,
): Promise<Answer<{ readonly words: string }>> {
  await link.settled();
  const before = gate.shown();
  const taken = await link.publish(message);
  if (!taken.ok)
    return {
      ok: false,
      why: `the broker does not take ${message.topic}: its ACL must let this certificate write there`,
    };
  if (kiosk === null) return { ok: true, words: raisedWords };
  if (before?.isOnline !== true) return { ok: false, why: `${kiosk} is not on line` };
  // A will, or a gate that was started anew, shows another challenge too, and no use of this one.
  const isDone = (): boolean => {
    const now = gate.shown();
    if (now === null || !now.isOnline || now.bootId !== before.bootId) return false;
    return now.challenge !== null && now.challenge !== before.challenge;
  };
  if (await link.until(isDone, 1_000 * waitSeconds))
    return { ok: true, words: `${kiosk} has set its time: ${printable(gate.shown()?.at ?? '')}` };
  return {
    ok: false,
    why: `${kiosk} has not set its time: too few signatures, it shows another challenge by now (its log says which), or it was lost or started anew meanwhile`,
  };
}

function stateTopic(site: string, kiosk: string): string {
  return `gk/1/${site}/${kiosk}/state`;
}
