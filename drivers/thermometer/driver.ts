/** A thermometer's session: frames to samples, and a doubt where the samples cannot be believed. */
import type { Cancel, Link } from '../../hardware/ports.js';
import type { Discarded } from '../decoder.js';
import { foreignDetector } from '../foreign.js';
import type { Driver } from '../reading.js';
import { type DriverTools, session } from '../session.js';
import type { SensorFrame } from './frame-hunt.js';
import { type HeadOptions, headOf } from './heads.js';
import { thermometerHealth } from './health.js';

/** The sensors send about ten frames a second: twenty missing ones are no hiccup. */
const silentMsMax = 2_000;
/** Two frames of one sensor are 70 ms apart at least; the same one again within this is an echo. */
const echoMsMax = 20;

export type ThermometerOptions = DriverTools &
  HeadOptions & {
    readonly link: Link;
    /** how long all fields may stay the same; 10 s without it */
    readonly frozenMs?: number;
  };

/**
 * Makes the driver of a thermometer. Emits `temperature-sample`, `discarded` and `device`: `lost`
 * (what a session and its link say), `degraded` (`frozen`, `jumping`).
 */
export function thermometer(options: ThermometerOptions): Driver {
  const { clock, scheduler, emit, link } = options;
  const head = headOf(options);
  const health = thermometerHealth(options.frozenMs);
  const strangers = foreignDetector(head.talkers);
  let decoder = head.decoder();
  let last: { readonly frame: SensorFrame; readonly atMs: number } | null = null;
  let cancelTelling: Cancel = () => {};

  const nowMs = (): number => clock.now().monotonicMs;
  const publish = (results: readonly (SensorFrame | Discarded)[]): void => {
    const monotonicMs = nowMs();
    for (const result of results)
      if (result.type === 'frame') sample(result, monotonicMs);
      else emit({ ...result, device: 'thermometer', monotonicMs });
  };

  const sample = (frame: SensorFrame, monotonicMs: number): void => {
    strangers.reset();
    connection.proveAlive();
    // An echoed frame is no second measurement and must not count as one.
    if (last !== null && monotonicMs - last.atMs < echoMsMax && isSame(last.frame, frame)) {
      const byteCount = head.frameBytes;
      emit({ type: 'discarded', device: 'thermometer', why: 'noise', byteCount, monotonicMs });
      return;
    }
    last = { frame, atMs: monotonicMs };
    const { objectCentidegrees, ambientCentidegrees } = frame;
    const bodyCentidegrees =
      frame.bodyCentidegrees ?? objectCentidegrees + head.compensationCentidegrees;
    const fields = { objectCentidegrees, ambientCentidegrees, bodyCentidegrees, monotonicMs };
    connection.setFault(health.judge(fields));
    emit({ type: 'temperature-sample', ...fields });
  };

  const tell = (): void => {
    if (head.told === null) return;
    const { bytes, everyMs, always } = head.told;
    const isQuiet = last === null || nowMs() - last.atMs >= everyMs;
    if (always || isQuiet) link.write(bytes);
    cancelTelling = scheduler.at(nowMs() + everyMs, tell);
  };

  const connection = session({
    ...options,
    device: 'thermometer',
    silentMsMax,
    isForeign: strangers.push,
    connected: tell,
    received: (bytes) => publish(decoder.push(bytes)),
    disconnected() {
      cancelTelling();
      publish(decoder.end());
      decoder = head.decoder();
      strangers.reset();
      health.reset();
      last = null;
    },
  });
  return connection;
}

function isSame(one: SensorFrame, other: SensorFrame): boolean {
  return (
    one.objectCentidegrees === other.objectCentidegrees &&
    one.ambientCentidegrees === other.ambientCentidegrees &&
    one.bodyCentidegrees === other.bodyCentidegrees
  );
}
