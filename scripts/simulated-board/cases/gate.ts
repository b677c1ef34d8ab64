/** The lane, the panel, the disk, the clock, the wires: what the gate does when something goes wrong. */
import { type Case, healthy, staffIsGranted } from './case.js';

const prefixLength = 'GK1:'.length;
const lane = { rule: 'lane', clause: '进口必拦', gate: 'in' } as const;
const wire = { rule: 'wire', clause: '进口必拦', gate: 'in' } as const;
const part = { rule: 'part', clause: '进口必拦', gate: 'in' } as const;
const granted = 'grant duty-staff, passed';

export const gateCases: readonly Case[] = [
  {
    ...lane,
    name: 'nobody walks through',
    expected: 'grant duty-staff, no-show',
    async play({ in: gate }, { campusId }) {
      await staffIsGranted(gate, campusId);
      await gate.pause(6_500);
    },
  },
  {
    ...lane,
    name: 'two walk through on one grant',
    expected: 'grant duty-staff, passed, tailgate',
    async play({ in: gate }, { campusId }) {
      await staffIsGranted(gate, campusId);
      gate.board.turnstile.walk();
      await gate.pause(450);
      await gate.walk();
    },
  },
  {
    ...lane,
    name: 'somebody forces the locked arm',
    expected: 'forced',
    async play({ in: gate }) {
      gate.board.turnstile.force();
      await gate.pause(1_000);
    },
  },
  {
    ...lane,
    name: 'another code during a grant starts nothing',
    expected: granted,
    async play({ in: gate }, { campusId, otherCampusId }) {
      await staffIsGranted(gate, campusId);
      await gate.scan(gate.papers.code(otherCampusId));
      await gate.walk();
    },
  },
  {
    rule: 'emergency',
    clause: '八',
    gate: 'in',
    name: 'EMERGENCY releases for 120 s, then locks',
    expected: 'emergency, emergency, released, locked',
    async play({ in: gate }) {
      await gate.press('emergency');
      await gate.walk();
      await gate.walk();
      await gate.pause(121_000);
    },
  },
  {
    ...part,
    name: 'stalled disk: see the guard, the late commit opens nothing',
    expected: 'refer disk-late, not-opened',
    async play({ in: gate }, { campusId }) {
      await gate.scan(gate.papers.form(campusId));
      await gate.measure(healthy);
      gate.board.disk.stall(Number.POSITIVE_INFINITY);
      gate.board.scan(gate.papers.code(campusId));
      await gate.waitFor(() => gate.state().attempt?.standing.type === 'referred');
      gate.board.disk.heal();
      await gate.pause(500);
    },
  },
  {
    ...part,
    name: 'full disk: see the guard',
    expected: 'refer disk-failed',
    async play({ in: gate }, { campusId }) {
      await gate.scan(gate.papers.form(campusId));
      await gate.measure(healthy);
      gate.board.disk.fail('disk-full');
      gate.board.scan(gate.papers.code(campusId));
      await gate.waitFor(() => gate.state().attempt?.standing.type === 'referred');
      gate.board.disk.heal();
      await gate.pause(2_000);
    },
  },
  {
    ...part,
    name: 'EMERGENCY on a full disk: opens first, recorded when it can be',
    expected: 'released, locked',
    async play({ in: gate }) {
      gate.board.disk.fail('disk-full');
      await gate.press('emergency');
      gate.board.disk.heal();
      await gate.pause(121_000);
    },
  },
  {
    ...part,
    name: 'clock not to be trusted',
    expected: 'refer clock-untrusted',
    async play({ in: gate, setClock }, { campusId }) {
      setClock('floor');
      await staffIsGranted(gate, campusId);
      setClock('synced');
    },
  },
  {
    ...part,
    name: 'frozen thermometer',
    expected: 'refer part-failed',
    async play({ in: gate }, { campusId }) {
      const { thermometer } = gate.board;
      await gate.scan(gate.papers.form(campusId));
      await gate.measure(healthy);
      thermometer.setFault('frozen');
      await gate.pause(12_000);
      await gate.scan(gate.papers.code(campusId));
      thermometer.setFault('none');
      await gate.pause(2_000);
    },
  },
  {
    ...part,
    name: 'silent thermometer: nothing to decide on',
    expected: 'deny incomplete',
    async play({ in: gate }, { campusId }) {
      gate.board.thermometer.setFault('silent');
      await gate.scan(gate.papers.form(campusId));
      await gate.scan(gate.papers.code(campusId));
      await gate.measure(healthy);
      await gate.pause(31_000);
      gate.board.thermometer.setFault('none');
      await gate.pause(3_000);
    },
  },
  {
    ...part,
    name: 'jumping thermometer',
    expected: 'deny incomplete',
    async play({ in: gate }, { campusId }) {
      gate.board.thermometer.setFault('jumping');
      await gate.scan(gate.papers.form(campusId));
      await gate.scan(gate.papers.code(campusId));
      await gate.measure(healthy);
      await gate.pause(31_000);
      gate.board.thermometer.setFault('none');
      await gate.pause(5_000);
    },
  },
  {
    ...part,
    name: 'scanner unplugged, plugged in again',
    expected: granted,
    async play({ in: gate }, { campusId }) {
      gate.board.scannerWire.cut();
      await gate.pause(1_000);
      gate.board.scannerWire.mend();
      await gate.pause(2_500);
      await staffIsGranted(gate, campusId);
      await gate.walk();
    },
  },
  {
    ...wire,
    name: 'a payment code from another world',
    expected: 'deny bad-prefix',
    play: ({ in: gate }) => gate.scan('https://example.com/pay?id=8841&名=张'),
  },
  {
    ...wire,
    name: 'a text of 4,000 characters',
    expected: 'deny too-long',
    play: ({ in: gate }) => gate.scanBytes(Buffer.from(`GK1:${'A'.repeat(4_000)}\r\n`)),
  },
  {
    ...wire,
    name: 'a code cut short',
    expected: 'deny bad-structure',
    play: ({ in: gate }, { campusId }) => gate.scan(cutShort(gate.papers.form(campusId))),
  },
  {
    ...wire,
    name: 'a code with one character changed',
    expected: 'deny bad-signature',
    play: ({ in: gate }, { campusId }) => gate.scan(swapLast(gate.papers.form(campusId))),
  },
  {
    ...wire,
    name: 'bytes one by one, frames doubled on the line',
    expected: granted,
    async play({ in: gate }, { campusId }) {
      gate.board.scannerWire.setFaults({ splitChunk: 1, duplicateChunk: 1 });
      await staffIsGranted(gate, campusId);
      gate.board.scannerWire.setFaults({ splitChunk: 0, duplicateChunk: 0 });
      await gate.walk();
    },
  },
  {
    ...wire,
    name: 'one byte in fifty of the thermometer’s corrupted',
    expected: granted,
    async play({ in: gate }, { campusId }) {
      gate.board.thermometerWire.setFaults({ corruptByte: 0.02 });
      await staffIsGranted(gate, campusId);
      gate.board.thermometerWire.setFaults({ corruptByte: 0 });
      await gate.walk();
    },
  },
];

/** Leaves whole groups of three, so that the base45 itself stays well formed. */
function cutShort(text: string): string {
  const groups = Math.floor((text.length - prefixLength) / 3) - 10;
  return text.slice(0, prefixLength + groups * 3);
}

/** Changes the last base45 character but one to another that keeps the text well formed. */
function swapLast(text: string): string {
  const at = text.length - 3;
  const changed = text[at] === '0' ? '1' : '0';
  return text.slice(0, at) + changed + text.slice(at + 1);
}
