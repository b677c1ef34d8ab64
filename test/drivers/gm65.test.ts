import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Gm65Settings } from '../../config/scanner-config.js';
import {
  crc16,
  encodeCommand,
  encodeZoneReply,
  gm65Decoder,
} from '../../drivers/qr-scanner/gm65/codec.js';
import {
  askAgainMs,
  askEveryMs,
  gm65Scanner,
  savesMax,
} from '../../drivers/qr-scanner/gm65/driver.js';
import { type Gm65Twin, gm65Twin } from '../../drivers/qr-scanner/gm65/twin.js';
import { baudZone } from '../../drivers/qr-scanner/gm65/zones.js';
import { gm65Speeds } from '../../drivers/qr-scanner/kinds.js';
import { thermometerTwin } from '../../drivers/thermometer/twin.js';
import { runThermometer } from '../../drivers/twins.js';
import type { Link } from '../../hardware/ports.js';
import { random } from '../../hardware/simulated/random.js';
import { type Bench, bench, benchWire } from './bench.js';

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
/** How long the module takes for a command. */
const answerMs = 10;

/** Hangs the twin on a wire; where gate and module differ in speed each hears noise. */
function wired(side: Bench, twin: Gm65Twin) {
  const { link, far } = benchWire(side);
  const dice = random(1);
  let gateSpeed = 0;
  let isMuted = false;
  const opened: number[] = [];
  const heard = (sent: Uint8Array): Uint8Array =>
    gateSpeed === 0 || gateSpeed === twin.baudRate() ? sent : dice.bytes(sent.length);
  const send = (sent: Uint8Array): void => {
    if (!isMuted) far.write(heard(sent));
  };
  far.onData((sent) => {
    if (isMuted) return;
    for (const reply of twin.receive(heard(sent)))
      side.clock.at(side.clock.now().monotonicMs + answerMs, () => send(reply));
  });
  const speedy: Link = {
    ...link,
    open(events, baudRate) {
      gateSpeed = baudRate ?? 0;
      opened.push(gateSpeed);
      link.open(events);
    },
  };
  const mute = (muted: boolean): void => {
    isMuted = muted;
  };
  return { link: speedy, far, send, opened, mute };
}

function moduleOn(twin: Gm65Twin, speeds = gm65Speeds(115_200), settings: Gm65Settings = {}) {
  const side = bench();
  const wire = wired(side, twin);
  const driver = gm65Scanner({ ...side.tools, link: wire.link, speeds, settings });
  driver.start();
  side.clock.advance(3_000);
  const scan = (text: string): void => {
    wire.send(twin.scan(text));
    side.clock.advance(100);
  };
  return { ...side, ...wire, driver, scan, texts: () => side.of('scan').map(({ text }) => text) };
}

describe('commands and replies', () => {
  test('are the bytes of the manual, checksums included', () => {
    expect(crc16(bytes('123456789'))).toBe(0x31c3);
    const write = (zone: number, data: readonly number[]): string =>
      hexOf(encodeCommand({ type: 'write', zone, data }));
    expect(write(0x0000, [0xd6])).toBe('7e00080100 00d6df22'.replace(' ', ''));
    expect(write(0x0002, [0x01])).toBe('7e000801000201' + '02da');
    expect(write(0x0013, [0x85])).toBe('7e000801001385' + 'e394');
    expect(write(0x002a, baudZone(115_200))).toBe('7e000802002a1a00' + 'e47e');
    expect(write(0x002a, baudZone(9_600))).toBe('7e000802002a3901' + 'a7ea');
    expect(hexOf(encodeCommand({ type: 'read', zone: 0x002a, byteCount: 2 }))).toBe(
      '7e000701002a02' + 'd80f',
    );
    expect(hexOf(encodeCommand({ type: 'save' }))).toBe('7e000901000000' + 'dec8');
    expect(hexOf(encodeZoneReply(0, [0]))).toBe('02000001003331');
  });

  test('a reply in the middle of a line is taken out of it, and the line is whole', () => {
    const text = fc.stringMatching(/^[ -~]{1,60}$/);
    const data = fc.array(fc.nat(0xff), { minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(text, data, fc.nat(), (line, zone, at) => {
        const sent = bytes(`${line}\r`);
        const cut = at % sent.length;
        const decoder = gm65Decoder();
        const stream = [sent.subarray(0, cut), encodeZoneReply(0, zone), sent.subarray(cut)];
        expect(stream.flatMap((part) => decoder.push(part))).toEqual([
          { type: 'zone-reply', status: 0, data: Uint8Array.from(zone) },
          { type: 'scan', text: line },
        ]);
      }),
    );
  });
});

describe('set-up', () => {
  test('a module as delivered is found at 9,600, set up, raised to 115,200 and saved once', () => {
    const twin = gm65Twin();
    const side = moduleOn(twin);
    expect(side.opened).toEqual([0, 115_200, 9_600, 115_200]);
    expect(twin.baudRate()).toBe(115_200);
    expect([twin.zone(0x0000), twin.zone(0x0013)]).toEqual([0xd6, 0x85]);
    expect([twin.writes, twin.eepromWrites]).toEqual([3, 1]);
    side.scan('GK1:A B');
    expect(side.texts()).toEqual(['GK1:A B']);
    expect(side.states()).toEqual(['ok']);
    twin.restart();
    expect(twin.baudRate()).toBe(115_200);
  });

  test('a second start writes nothing: neither zones nor EEPROM', () => {
    const twin = gm65Twin();
    moduleOn(twin).driver.stop();
    twin.restart();
    const before = [twin.writes, twin.eepromWrites];
    const side = moduleOn(twin);
    expect(side.states()).toEqual(['ok']);
    expect([twin.writes, twin.eepromWrites]).toEqual(before);
    expect(side.opened.filter((speed) => speed === 9_600)).toEqual([]);
  });

  test('only our bits are changed: sound, lamps and character set stay', () => {
    const twin = gm65Twin({ eeprom: { 0: 0x10, 13: 0x05 } });
    moduleOn(twin, undefined, { mode: 'sense', sameCodeDelay: 20 });
    expect(twin.zone(0x0000)).toBe(0x13);
    expect(twin.zone(0x000d)).toBe(0x04);
    expect(twin.zone(0x0013)).toBe(0x94);
  });

  test('a virtual COM port stays one, and where the far end sets the speed none is touched', () => {
    const twin = gm65Twin({ eeprom: { 13: 0x03 } });
    const side = moduleOn(twin, []);
    expect(twin.zone(0x000d)).toBe(0x03);
    expect(twin.baudRate()).toBe(9_600);
    expect(side.opened).toEqual([0]);
    expect(side.states()).toEqual(['ok']);
  });

  test('a module that does not answer is used as it is, and told', () => {
    const twin = gm65Twin({ answers: false, eeprom: { 42: 0x1a, 43: 0x00 } });
    const side = moduleOn(twin);
    expect(side.states()).toEqual(['degraded not-answering']);
    side.scan('GK1:A');
    side.clock.advance(3 * askAgainMs);
    side.scan('GK1:B');
    expect(side.texts()).toEqual(['GK1:A', 'GK1:B']);
    expect(side.states()).toEqual(['degraded not-answering']);
    expect(twin.eepromWrites).toBe(0);
  });

  test('another device in its place is told as such, and its frames are no scans', () => {
    const side = bench();
    const { link, far } = benchWire(side);
    gm65Scanner({ ...side.tools, link, speeds: gm65Speeds(115_200) }).start();
    side.clock.advance(1_000);
    const twin = thermometerTwin({ random: random(1) });
    runThermometer({ ...side.tools, twin, write: far.write });
    side.clock.advance(10_000);
    const told = side.of('scan').length;
    side.clock.advance(3 * askAgainMs);
    expect(side.states()).toEqual(['degraded not-answering', 'degraded wrong-device']);
    expect(side.of('scan')).toHaveLength(told);
  });

  test('one that was only slow to start is set up when it answers', () => {
    const twin = gm65Twin({ eeprom: { 42: 0x1a, 43: 0x00 } });
    const side = bench();
    const wire = wired(side, twin);
    wire.mute(true);
    gm65Scanner({ ...side.tools, link: wire.link, speeds: gm65Speeds(115_200) }).start();
    side.clock.advance(3_000);
    expect(side.states()).toEqual(['degraded not-answering']);
    wire.mute(false);
    side.clock.advance(askAgainMs + 1_000);
    expect(side.states()).toEqual(['degraded not-answering', 'ok']);
    expect(twin.zone(0x0000)).toBe(0xd6);
  });

  test('a refused setting is told, the others are set', () => {
    const twin = gm65Twin({ readOnly: [0x0013] });
    const side = moduleOn(twin);
    expect(side.states().at(-1)).toBe('degraded settings-refused');
    expect([twin.zone(0x0000), twin.baudRate()]).toEqual([0xd6, 115_200]);
  });

  test('a speed that is refused leaves the module where it was, and it is heard there', () => {
    const twin = gm65Twin({ readOnly: [0x002a] });
    const side = moduleOn(twin);
    expect(side.states().at(-1)).toBe('degraded settings-refused');
    side.scan('GK1:A');
    expect(side.texts()).toEqual(['GK1:A']);
  });

  test('a module that forgets what was saved does not wear out: after some saves none more', () => {
    const saved = { writes: 0, eepromWrites: 0 };
    const side = bench();
    let twin = gm65Twin();
    const wire = wired(side, {
      receive: (sent) => twin.receive(sent),
      scan: (text) => twin.scan(text),
      restart: () => twin.restart(),
      baudRate: () => twin.baudRate(),
      zone: (address) => twin.zone(address),
      ...saved,
    });
    gm65Scanner({ ...side.tools, link: wire.link, speeds: gm65Speeds(115_200) }).start();
    let saves = 0;
    for (let start = 0; start < savesMax + 3; start++) {
      side.clock.advance(5_000);
      saves += twin.eepromWrites;
      wire.far.cut();
      twin = gm65Twin();
      wire.far.mend();
    }
    side.clock.advance(5_000);
    expect(saves).toBe(savesMax);
    expect(side.states().at(-1)).toBe('degraded settings-lost');
  });
});

describe('in service', () => {
  test('scans while it is asked lose nothing', () => {
    const side = moduleOn(gm65Twin());
    const texts = Array.from({ length: 300 }, (_, index) => `GK1:CODE ${index}`);
    for (const text of texts) side.scan(text);
    expect(side.texts()).toEqual(texts);
    expect(side.states()).toEqual(['ok']);
  });

  test('a module that falls silent is lost, told once, and in use within 2 s of its return', () => {
    const twin = gm65Twin();
    const side = moduleOn(twin);
    side.mute(true);
    side.clock.advance(askEveryMs + 60_000);
    expect(side.states()).toEqual(['ok', 'lost silent']);
    side.mute(false);
    side.clock.advance(2_000);
    expect(side.states()).toEqual(['ok', 'lost silent', 'ok']);
    side.scan('GK1:A');
    expect(side.texts()).toEqual(['GK1:A']);
  });

  test('a module that came back with other settings is set up again without a new connection', () => {
    const twin = gm65Twin();
    const side = moduleOn(twin);
    twin.receive(encodeCommand({ type: 'write', zone: 0x0000, data: [0xd4] }));
    side.clock.advance(askEveryMs + 1_000);
    expect(twin.zone(0x0000)).toBe(0xd6);
    expect(side.states()).toEqual(['ok']);
  });

  test('nothing is asked and nothing is left after a stop', () => {
    const twin = gm65Twin();
    const side = moduleOn(twin);
    side.driver.stop();
    const opened = side.opened.length;
    side.clock.advance(120_000);
    expect(side.opened).toHaveLength(opened);
    expect(side.states()).toEqual(['ok']);
  });

  test('whatever the line does to the bytes, no setting is wrong and all is well after it', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const twin = gm65Twin();
        const side = bench();
        const wire = wired(side, twin);
        wire.far.setFaults({
          corruptByte: 0.02,
          dropByte: 0.02,
          duplicateChunk: 0.1,
          insertNoise: 0.2,
          splitChunk: 0.5,
        });
        gm65Scanner({ ...side.tools, link: wire.link, speeds: gm65Speeds(115_200) }).start();
        side.clock.advance(20_000 + (seed % 1_000));
        wire.far.setFaults({
          corruptByte: 0,
          dropByte: 0,
          duplicateChunk: 0,
          insertNoise: 0,
          splitChunk: 0,
        });
        side.clock.advance(2 * askAgainMs);
        // The lamps' bits of a zone are never taken from another zone's answer.
        expect(twin.zone(0x0000) & 0xfc).toBe(0xd4);
        expect(side.of('device').at(-1)?.status).not.toBe('lost');
        side.readings.length = 0;
        wire.send(twin.scan('GK1:LAST'));
        side.clock.advance(200);
        expect(side.of('scan').map(({ text }) => text)).toEqual(['GK1:LAST']);
      }),
      { numRuns: 30 },
    );
  });
});
