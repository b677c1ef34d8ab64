/** Times as a guard reads them: the gate's, in site time; the booth's own clock is never asked. */

/** `09:05`, or `09:05:07`; empty for what is no time. */
export function siteTime(wallMs, utcOffsetMinutes, withSeconds) {
  const date = new Date(wallMs + utcOffsetMinutes * 60_000);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(11, withSeconds ? 19 : 16);
}

/** How long ago, in the largest unit that is not zero, in both languages. */
export function ageText(sinceMs, nowMs) {
  const seconds = Math.max(0, Math.floor((nowMs - sinceMs) / 1000));
  if (seconds < 60) return { zh: `${seconds} 秒`, en: `${seconds} s` };
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return { zh: `${minutes} 分钟`, en: `${minutes} min` };
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return { zh: `${hours} 小时`, en: `${hours} h` };
  const days = Math.floor(hours / 24);
  return { zh: `${days} 天`, en: `${days} d` };
}

/** Whole seconds until then, never below zero. */
export function secondsLeft(endMs, nowMs) {
  return Math.max(0, Math.ceil((endMs - nowMs) / 1000));
}

/** The gate's clock, as its last heartbeat told it. */
export function createGateClock() {
  let toldMs = null;
  let heardAtMs = 0;
  return {
    /** @param {string | null} text RFC 3339; null: the gate is gone */
    tell(text) {
      const ms = Date.parse(text ?? '');
      toldMs = Number.isNaN(ms) ? null : ms;
      heardAtMs = performance.now();
    },
    /** Milliseconds since 1970, or null where nobody has told. */
    nowMs: () => (toldMs === null ? null : toldMs + performance.now() - heardAtMs),
  };
}
