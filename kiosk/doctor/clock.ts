/** What the machine's clock is worth, who keeps it right, and what keeps it through a power cut. */
import { existsSync } from 'node:fs';
import type { ClockState } from '../../config/vocabulary.js';
import { type Finding, failed, ok, warning } from './finding.js';

export interface ClockFacts {
  readonly clock: ClockState;
  readonly wallMs: number;
  /** as configured; the file need not be there */
  readonly markFile: string;
  /** where the kernel's clocks are; for tests another folder */
  readonly root?: string;
}

/** A time service and a file that is there while it runs. */
const services = [
  ['systemd-timesyncd', 'run/systemd/timesync'],
  ['chrony', 'run/chrony/chronyd.pid'],
  ['chrony', 'run/chronyd.pid'],
  ['ntpsec', 'run/ntpd.pid'],
] as const;

/** 2020-01-01: a clock before it was never set. */
const plausibleMs = 1_577_836_800_000;

/** @returns how the gate would judge the clock, and whether the machine has one that runs on a battery */
export function checkClock({
  clock,
  wallMs,
  markFile,
  root = '/',
}: ClockFacts): readonly Finding[] {
  const service = services.find(([, file]) => existsSync(`${root}/${file}`))?.[0] ?? null;
  const by = service === null ? 'no time service runs' : `${service} runs`;
  return [clockFinding(clock, wallMs, markFile, by), batteryFinding(root)];
}

function clockFinding(clock: ClockState, wallMs: number, markFile: string, by: string): Finding {
  const now = new Date(wallMs).toISOString();
  const says = `${clock}: it is ${now}, ${by}`;
  if (wallMs < plausibleMs)
    return failed('clock', `never set: ${now}`, 'set it: timedatectl set-ntp true, or a network');
  switch (clock) {
    case 'synced':
      return ok('clock', `${says}, ${markFile} is fresh`);
    case 'holdover':
      return warning(
        'clock',
        `${says}, and ${markFile} is old`,
        'look at the time server: timedatectl timesync-status, or chronyc tracking',
      );
    case 'floor':
    case 'conflict':
      return failed(
        'clock',
        `${says}, and ${markFile} is not there: no automatic grant`,
        'start a time service that touches that file: systemctl enable --now systemd-timesyncd',
      );
  }
}

function batteryFinding(root: string): Finding {
  if (existsSync(`${root}/sys/class/rtc/rtc0`)) return ok('rtc', 'the machine has a clock chip');
  return warning(
    'rtc',
    'the machine has no clock chip: after a power cut the time is unknown until the network is there',
    'fit one (DS3231, or the battery of a Pi 5)',
  );
}
