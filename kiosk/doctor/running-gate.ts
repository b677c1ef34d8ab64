/**
 * The gate that runs on this machine, as its own `/metrics` tell of it: what it holds cannot be
 * opened beside it, and must not be.
 */
import { get } from 'node:http';
import type { KioskConfig } from '../../config/kiosk-config.js';
import { loopbackHost } from '../../config/kiosk-config.js';

/** A gate's sample of one name: its labels and its value. */
interface Sample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

export interface RunningGate {
  /** by device; a device that it has not heard of is not there */
  readonly devices: ReadonlyMap<string, boolean>;
  /** `synced`, `holdover` … */
  readonly clock: string | null;
  /** null: it does not report */
  readonly isConnected: boolean | null;
  /** records that wait for the disk */
  readonly unwritten: number;
}

const answerMsMax = 2_000;
/** A gate's figures are some 5 kB. */
const answerBytesMax = 262_144;

/**
 * Asks whoever listens on the screen's port.
 * @returns the gate of this configuration, or null where none answers
 */
export async function findRunningGate(
  config: Pick<KioskConfig, 'site' | 'kiosk' | 'screen'>,
): Promise<RunningGate | null> {
  if (config.screen.port === 0) return null;
  const text = await fetchText(config.screen.port, '/metrics');
  if (text === null) return null;
  const samples = readSamples(text);
  const own = samples.find(({ name }) => name === 'gate_kiosk_info')?.labels;
  if (own?.get('site') !== config.site || own.get('kiosk') !== config.kiosk) return null;
  const value = (wanted: string): number | null =>
    samples.find(({ name }) => name === wanted)?.value ?? null;
  const connected = value('gate_kiosk_broker_connected');
  return {
    devices: new Map(
      samples
        .filter(({ name }) => name === 'gate_kiosk_device_ok')
        .map(({ labels, value: isOk }) => [labels.get('device') ?? '', isOk === 1]),
    ),
    clock: samples.find(({ name }) => name === 'gate_kiosk_clock')?.labels.get('state') ?? null,
    isConnected: connected === null ? null : connected === 1,
    unwritten: value('gate_kiosk_unwritten_records') ?? 0,
  };
}

/** Prometheus text as our own gate writes it: its label values hold no quotes. */
function readSamples(text: string): readonly Sample[] {
  return text.split('\n').flatMap((line) => {
    const match = /^([a-z_]+)(?:\{([^}]*)\})? ([0-9.e+-]+)$/.exec(line);
    if (match === null) return [];
    const pairs = [...(match[2] ?? '').matchAll(/([a-z]+)="([^"]*)"/g)];
    const labels = new Map(pairs.map((pair) => [pair[1] ?? '', pair[2] ?? '']));
    return [{ name: match[1] ?? '', labels, value: Number(match[3]) }];
  });
}

function fetchText(port: number, path: string): Promise<string | null> {
  return new Promise((resolve) => {
    const request = get({ host: loopbackHost, port, path, timeout: answerMsMax }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (more: string) => {
        text += more;
        if (text.length > answerBytesMax) request.destroy();
      });
      response.on('end', () => resolve(response.statusCode === 200 ? text : null));
      response.on('close', () => resolve(null));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(null));
  });
}
