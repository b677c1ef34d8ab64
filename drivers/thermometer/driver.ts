/** The GY-614V3's session: frames to samples, and a doubt where the samples cannot be believed. */
import type { Link } from '../../hardware/ports.js';
import type { Discarded } from '../decoder.js';
import type { Driver } from '../reading.js';
import { type DriverTools, session } from '../session.js';
import { frameBytes, type TemperatureFrame, temperatureDecoder } from './codec.js';
import { thermometerHealth } from './health.js';

/** The sensor sends about ten frames a second: twenty missing ones are no hiccup. */
const silentMsMax = 2_000;
/** Two frames of one sensor are 70 ms apart at least; the same one again within this is an echo. */
const echoMsMax = 20;

export interface ThermometerOptions extends DriverTools {
  readonly link: Link;
  /** how long all fields may stay the same; 10 s without it */
  readonly frozenMs?: number;
}

/**
 * Makes the driver of a GY-614V3 that sends by itself. Emits `temperature-sample`, `discarded` and
 * `device`: `lost` (`silent`, `unreadable`, the link's words), `degraded` (`frozen`, `jumping`).
 */
export function thermometer(options: ThermometerOptions): Driver {
  const { clock, emit } = options;
  const health = thermometerHealth(options.frozenMs);
  let decoder = temperatureDecoder();
  let last: { readonly frame: TemperatureFrame; readonly atMs: number } | null = null;

  const publish = (results: readonly (TemperatureFrame | Discarded)[]): void => {
    const { monotonicMs } = clock.now();
    for (const result of results)
      if (result.type === 'frame') sample(result, monotonicMs);
      else emit({ ...result, device: 'thermometer', monotonicMs });
  };

  const sample = (frame: TemperatureFrame, monotonicMs: number): void => {
    connection.proveAlive();
    // An echoed frame is no second measurement and must not count as one.
    if (last !== null && monotonicMs - last.atMs < echoMsMax && sameFrame(last.frame, frame)) {
      const byteCount = frameBytes;
      emit({ type: 'discarded', device: 'thermometer', why: 'noise', byteCount, monotonicMs });
      return;
    }
    last = { frame, atMs: monotonicMs };
    const { objectCentidegrees, ambientCentidegrees, bodyCentidegrees } = frame;
    const fields = { objectCentidegrees, ambientCentidegrees, bodyCentidegrees, monotonicMs };
    connection.setFault(health.judge(fields));
    emit({ type: 'temperature-sample', ...fields });
  };

  const connection = session({
    ...options,
    device: 'thermometer',
    silentMsMax,
    received: (bytes) => publish(decoder.push(bytes)),
    disconnected() {
      publish(decoder.end());
      decoder = temperatureDecoder();
      health.reset();
      last = null;
    },
  });
  return connection;
}

function sameFrame(one: TemperatureFrame, other: TemperatureFrame): boolean {
  return (
    one.objectCentidegrees === other.objectCentidegrees &&
    one.ambientCentidegrees === other.ambientCentidegrees &&
    one.bodyCentidegrees === other.bodyCentidegrees
  );
}
