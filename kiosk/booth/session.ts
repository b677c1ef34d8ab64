/**
 * The token that lets a booth's computer in: given once, remembered by its browser in a cookie that
 * no script can read. The cookie holds no token but a proof of it, and outlives a restart of the gate.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../hardware/ports.js';

/** How long a browser is remembered after the page was last opened: a computer, not a shift. */
const rememberedSeconds = 30 * 86_400;
/** Wrong tokens a minute that are looked at and told apart; nobody guesses 32 bytes. */
export const wrongTokensPerMinuteMax = 10;
const minuteMs = 60_000;

export type Login =
  /** value of `set-cookie` */
  | { readonly ok: true; readonly cookie: string }
  | { readonly ok: false; readonly code: 'wrong-token' | 'too-many-tries' };

export interface Sessions {
  /** @returns whether the request comes from a browser that gave the token */
  isOpen(request: IncomingMessage): boolean;
  /** @returns the value of `set-cookie` that remembers the browser anew; null: no token is asked for */
  renewed(): string | null;
  login(given: string): Login;
}

export interface SessionsOptions {
  /** 32 bytes; null: nobody is asked for it */
  readonly token: Uint8Array | null;
  /** over TLS: the cookie is for this host alone and never sent in clear */
  readonly isSecure: boolean;
  readonly clock: Clock;
}

/** @returns the sessions of one token */
export function openSessions({ token, isSecure, clock }: SessionsOptions): Sessions {
  const name = isSecure ? '__Host-booth' : 'booth';
  let wrongMs: readonly number[] = [];

  const proof = (key: Uint8Array, expirySeconds: string): string =>
    createHmac('sha256', key).update(`gate-kiosk booth\n${expirySeconds}`).digest('base64url');
  const cookieOf = (key: Uint8Array): string => {
    const expiry = String(Math.floor(clock.now().wallMs / 1000) + rememberedSeconds);
    const attributes = `HttpOnly; SameSite=Strict; Path=/; Max-Age=${rememberedSeconds}`;
    const secure = isSecure ? '; Secure' : '';
    return `${name}=${expiry}.${proof(key, expiry)}; ${attributes}${secure}`;
  };

  return {
    isOpen({ headers }) {
      if (token === null) return true;
      const pattern = /^(\d{1,12})\.([\w-]{43})$/;
      return cookiesOf(headers.cookie, name).some((value) => {
        const [, expiry = '', given = ''] = pattern.exec(value) ?? [];
        return (
          Number(expiry) * 1000 > clock.now().wallMs && isSame(given, proof(token, expiry), token)
        );
      });
    },
    renewed: () => (token === null ? null : cookieOf(token)),
    login(given) {
      if (token === null) return { ok: false, code: 'wrong-token' };
      // First of all: somebody else's wrong ones do not keep out who has the right one.
      if (isSame(given, Buffer.from(token).toString('base64url'), token))
        return { ok: true, cookie: cookieOf(token) };
      const nowMs = clock.now().monotonicMs;
      wrongMs = wrongMs.filter((ms) => nowMs - ms < minuteMs);
      if (wrongMs.length >= wrongTokensPerMinuteMax) return { ok: false, code: 'too-many-tries' };
      wrongMs = [...wrongMs, nowMs];
      return { ok: false, code: 'wrong-token' };
    },
  };
}

/** In constant time, whatever the lengths: what is compared are keyed hashes of both. */
function isSame(one: string, other: string, key: Uint8Array): boolean {
  const hash = (text: string): Buffer => createHmac('sha256', key).update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}

function cookiesOf(header: string | undefined, name: string): readonly string[] {
  return (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
}
