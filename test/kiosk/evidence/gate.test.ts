/** The whole shell in virtual time: what is sealed at the reading lies beside its record in the end. */
import { randomBytes } from 'node:crypto';
import pino from 'pino';
import { expect, test } from 'vitest';
import { encodeBase64url } from '../../../config/crypto/base64url.js';
import { scannerTwin } from '../../../drivers/qr-scanner/twin.js';
import { skinOf, thermometerTwin } from '../../../drivers/thermometer/twin.js';
import { turnstileTwin } from '../../../drivers/turnstile/twin.js';
import { runThermometer, runTurnstile } from '../../../drivers/twins.js';
import { virtualClock } from '../../../hardware/simulated/clock.js';
import { simulatedLines } from '../../../hardware/simulated/lines.js';
import { random } from '../../../hardware/simulated/random.js';
import { simulatedRelay } from '../../../hardware/simulated/relay.js';
import { simulatedWire } from '../../../hardware/simulated/wire.js';
import type { Input } from '../../../kiosk/core/messages.js';
import { noRevocations } from '../../../kiosk/credential/revocations.js';
import type { Verifier } from '../../../kiosk/evidence/scan.js';
import { openSealed, registryKeyId, registryPublicKey } from '../../../kiosk/evidence/seal.js';
import { checkChain } from '../../../kiosk/journal/chain.js';
import { memoryJournal } from '../../../kiosk/journal/memory.js';
import type { RecordDraft } from '../../../kiosk/journal/port.js';
import { createGate } from '../../../kiosk/main.js';
import { settings, startWallMs } from '../core/hands.js';
import { bearerPass, registryEntry, registryPrivateKey, verifierWith } from './people.js';

function gateOf(verifier: Verifier) {
  const clock = virtualClock({ wallMs: startWallMs });
  const tools = { clock, scheduler: clock };
  const dice = random(1);
  const lines = simulatedLines(tools);
  const turnstile = runTurnstile({ ...tools, twin: turnstileTwin(), lines });
  const scanner = simulatedWire({ ...tools, random: dice, baudRate: 115_200 });
  const thermometer = simulatedWire({ ...tools, random: dice, baudRate: 9_600 });
  const sensor = thermometerTwin({ random: dice });
  runThermometer({ ...tools, twin: sensor, write: thermometer.far.write });
  const { journal, restored, disk, faults } = memoryJournal({
    ...tools,
    bootId: 'boot',
    at: new Date(startWallMs).toISOString(),
    newJournalId: '5a'.repeat(16),
    previous: null,
    latencyMs: () => 2,
  });
  const inputs: Input[] = [];
  const logged: string[] = [];
  const gate = createGate(
    {
      ...tools,
      random: randomBytes,
      relay: simulatedRelay({ ...tools, lines: (line, on) => turnstile.relay(line, on) }),
      journal,
      // no process id in a line: it may be the number that a test looks for
      log: pino({ level: 'trace', base: null }, { write: (line) => void logged.push(line) }),
      known: { publish: () => {}, subscribe: () => () => {} },
      devices: {
        scanner: { driver: 'line', link: scanner.link },
        thermometer: { driver: 'gy-614v3', link: thermometer.link },
        turnstile: { driver: 'contact', lines },
        panel: { driver: 'contacts', lines },
      },
    },
    {
      settings: settings(),
      verifier,
      restored,
      version: 'test',
      show: () => {},
      observe: (input) => void inputs.push(input),
      broken: ({ law, detail }) => {
        throw new Error(`${law}: ${detail}`);
      },
    },
  );
  clock.advance(1_000);
  return { clock, sensor, gate, disk, faults, inputs, logged, scan, records };

  function scan(text: string): void {
    scanner.far.write(scannerTwin('cr').scan(text));
    clock.advance(200);
  }
  function records(): readonly RecordDraft[] {
    return disk.rows.map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString('utf8')));
  }
}

function haveFever({ scan, sensor, clock }: ReturnType<typeof gateOf>): void {
  scan(bearerPass());
  sensor.present(skinOf(3_815));
  clock.advance(1_500);
  sensor.clear();
  clock.advance(2_000);
}

test('a fever’s exact value lies sealed beside its record, and nowhere in clear', () => {
  const run = gateOf(verifierWith([randomBytes(32)]));
  haveFever(run);
  const record = run.records().find(({ rule }) => rule === 'fever');
  const part = run.disk.sealed.get(Number(record?.['seq']));
  if (part === undefined) throw new Error('no sealed part');
  const opened = openSealed(registryPrivateKey, part);
  const contents = opened.ok ? (opened.contents as { bodyCentidegrees: number }) : null;
  expect(contents?.bodyCentidegrees).toBeGreaterThan(3_790);
  expect(contents).toMatchObject({ type: 'temperature' });
  const exact = new RegExp(`[:,[]${contents?.bodyCentidegrees}[,}\\]]`);
  const rest = run.records().map((each) => JSON.stringify({ ...each, sealed: null }));
  expect(rest.join()).not.toMatch(exact);
  expect(run.logged.join()).not.toMatch(exact);
  expect(JSON.stringify(contents)).toMatch(exact);
  expect(run.inputs).toContainEqual({
    type: 'registry',
    key: 'current',
    keyId: expect.stringMatching(/^[0-9a-f]{16}$/),
  });
  expect(checkChain(run.disk.rows).ok).toBe(true);
});

test('a record whose writing failed comes with its sealed part when the disk heals', () => {
  const run = gateOf(verifierWith([randomBytes(32)]));
  run.faults.fail('io-error');
  haveFever(run);
  expect(run.disk.sealed.size).toBe(0);
  run.faults.heal();
  run.clock.advance(3_000);
  const record = run.records().find(({ rule }) => rule === 'fever');
  expect(run.disk.sealed.has(Number(record?.['seq']))).toBe(true);
});

test('without a registry key a fever is recorded with its band alone, and somebody hears of it', () => {
  const run = gateOf(verifierWith([randomBytes(32)], noRevocations, []));
  haveFever(run);
  const record = run.records().find(({ rule }) => rule === 'fever');
  expect(record).toMatchObject({ outcome: 'refer', temperature: { band: 'fever' } });
  expect(record).not.toHaveProperty('sealed');
  expect(run.disk.sealed.size).toBe(0);
  expect(run.inputs).toContainEqual({ type: 'registry', key: 'none', keyId: null });
  expect(run.logged.filter((line) => line.includes('registry'))).toHaveLength(1);
});

test('a key whose time comes while the gate runs is sealed to from then on, and each change is on record', () => {
  const later = (ms: number) => new Date(startWallMs + ms).toISOString();
  const newKey = randomBytes(32);
  const keys = [
    { ...registryEntry, notBefore: later(60_000) },
    { publicKey: encodeBase64url(registryPublicKey(newKey)), notBefore: later(120_000) },
  ];
  const run = gateOf(verifierWith([randomBytes(32)], noRevocations, keys));
  const [firstId, secondId] = keys.map(({ publicKey }) =>
    registryKeyId(Buffer.from(publicKey, 'base64url')),
  );
  const alarms = () => run.gate.state().alarms.map(({ code }) => code);
  expect(alarms()).toContain('registry-early');
  run.clock.advance(75_000);
  expect(alarms()).not.toContain('registry-early');
  run.clock.advance(60_000);
  const told = run.records().filter(({ type }) => type === 'registry');
  // None valid: the newest. Then each in its time, though nothing was sealed meanwhile.
  expect(told).toMatchObject([
    { key: 'early', keyId: secondId },
    { key: 'current', keyId: firstId },
    { key: 'current', keyId: secondId },
  ]);
  haveFever(run);
  const record = run.records().find(({ rule }) => rule === 'fever');
  const part = run.disk.sealed.get(Number(record?.['seq']));
  if (part === undefined) throw new Error('no sealed part');
  expect(openSealed(newKey, part).ok).toBe(true);
});
