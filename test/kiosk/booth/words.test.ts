import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sessionLosses } from '../../../drivers/session.js';
import { linkLosses } from '../../../hardware/ports.js';
import { deviceFaultCodes, deviceFaultWords } from '../../../kiosk/booth/device-words.js';
import { alarmCodes, alarmWords } from '../../../kiosk/booth/phrases.js';

const core = new URL('../../../../kiosk/core/', import.meta.url);

/** Codes as they stand in the core's source: `raise(turn, 'code')`. */
function raisedInCore(): readonly string[] {
  return readdirSync(core, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [
      ...readFileSync(new URL(name, core), 'utf8').matchAll(/raise\(turn, '([a-z-]+)'\)/g),
    ])
    .map(([, code]) => code ?? '');
}

test('every alarm that the core raises has words in both languages', () => {
  const raised = raisedInCore();
  expect(raised.length).toBeGreaterThan(10);
  const known: readonly string[] = alarmCodes;
  expect(raised.filter((code) => !known.includes(code))).toEqual([]);
  for (const code of ['forced', 'reverse', 'record-refused', 'disk-failed', 'clock-untrusted'])
    expect(known).toContain(code);
  for (const code of known) {
    const { zh, en } = alarmWords(code);
    expect(zh).toMatch(/\p{Script=Han}/u);
    expect(en).not.toBe(code);
  }
  expect(alarmWords('device-thermometer').zh).toContain('故障');
});

test('every way in which a device is lost has words in both languages that say what to do', () => {
  for (const code of [...linkLosses, ...sessionLosses, 'frozen', 'jumping', 'failing'])
    expect(deviceFaultCodes).toContain(code);
  for (const code of [...deviceFaultCodes, 'open-chatters', 'next-held', 'lockdown-under-cover']) {
    const { zh, en } = deviceFaultWords('lost', code);
    expect(zh).toMatch(/\p{Script=Han}/u);
    expect(en).not.toBe('lost');
  }
});

test('of several codes the first with words is shown; a code without words is the bare status', () => {
  expect(deviceFaultWords('degraded', 'odd next-held open-chatters').en).toBe('a button is stuck');
  expect(deviceFaultWords('degraded', 'odd')).toEqual({ zh: '异常', en: 'trouble' });
  expect(deviceFaultWords('ok', 'absent')).toEqual({ zh: '正常', en: 'ok' });
});
