/** The wiring of a board map as text: a table and a drawing of its header. Pure. */
import {
  type BoardMap,
  type BoardPin,
  type LineFunction,
  lineFunctions,
  relayFunctions,
} from './board-map.js';

/** What hangs on each line, for whoever holds the screwdriver. */
const meanings: Readonly<Record<LineFunction, string>> = {
  grant: 'relay: opens for one person',
  release: 'relay: held open in a fire or an EMERGENCY',
  'lamp-normal': 'lamp, green',
  'lamp-attention': 'lamp, blue',
  'lamp-fault': 'lamp, yellow',
  'lamp-lockdown': 'lamp, red',
  buzzer: 'buzzer',
  passage: 'contact: the arm turns',
  'passage-reverse': 'contact: a body the wrong way',
  'door-closed': 'contact: the door is shut (opens with it)',
  'exit-button': 'button inside: calls the guard',
  mains: 'contact of the UPS: mains is there',
  'tamper-loop': 'loop of the lids: all are shut',
  'fire-loop': 'loop of the fire panel: no fire',
  'fire-supervision': "the loop's second watch, see its PROTOCOL.md",
  open: 'button OPEN',
  refuse: 'button REFUSE',
  confirm: 'button CONFIRM',
  next: 'button NEXT',
  emergency: 'button EMERGENCY (closed; the press opens it)',
  'emergency-cover': 'cover of EMERGENCY: lifted',
  lockdown: 'button LOCKDOWN',
  'lockdown-cover': 'cover of LOCKDOWN: lifted',
  acknowledge: 'button ACKNOWLEDGE',
};

/** The header's other pins: 3.3 V, 5 V and ground of the 40-pin header, the same on every model. */
const fixedPins: Readonly<Record<number, string>> = {
  1: '3V3',
  2: '5V',
  4: '5V',
  6: 'GND',
  9: 'GND',
  14: 'GND',
  17: '3V3',
  20: 'GND',
  25: 'GND',
  30: 'GND',
  34: 'GND',
  39: 'GND',
};
const headerPins = 40;
const cellWidth = 22;

/** @returns the map's lines as a Markdown table, in the order of the vocabulary */
export function wiringTable(map: BoardMap): string {
  const rows = lineFunctions.flatMap((line) => {
    const pin = pinOf(map, line);
    const wired = map.lines[line];
    if (pin === undefined || wired === undefined) return [];
    const { activeLow = false, bias = 'none' } = wired;
    const level = activeLow ? 'low' : 'high';
    const isRelay = relayFunctions.some((name) => name === line);
    const resistor = isRelay ? `outside: 10 kΩ ${restOf(activeLow)}` : bias;
    return [
      [line, `${pin.offset}`, `${pin.header ?? ''}`, meanings[line], level, resistor, pin.atReset],
    ];
  });
  const heads = ['line', 'BCM', 'pin', 'what hangs on it', 'active', 'resistor', 'at reset'];
  return aligned([heads, ...rows]);
}

/** @returns the 40-pin header as text, odd pins to the left as on the board, pin 1 on top */
export function wiringDrawing(map: BoardMap): string {
  const names = new Map<number, string>(
    map.pins.flatMap((pin) => (pin.header === undefined ? [] : [[pin.header, nameOf(map, pin)]])),
  );
  const at = (pin: number): string => names.get(pin) ?? fixedPins[pin] ?? '';
  const rows = Array.from({ length: headerPins / 2 }, (_, row) => {
    const left = row * 2 + 1;
    const numbers = `${String(left).padStart(2)} o o ${String(left + 1).padEnd(2)}`;
    return `${at(left).padStart(cellWidth)}  ${numbers}  ${at(left + 1)}`.trimEnd();
  });
  return rows.join('\n');
}

function restOf(activeLow: boolean): string {
  return activeLow ? 'to 3V3' : 'to GND';
}

function pinOf(map: BoardMap, line: LineFunction): BoardPin | undefined {
  return map.pins.find(({ offset }) => offset === map.lines[line]?.offset);
}

function nameOf(map: BoardMap, { offset, reserved }: BoardPin): string {
  const line = lineFunctions.find((name) => map.lines[name]?.offset === offset);
  return line ?? (reserved === undefined ? `GPIO${offset}` : `(GPIO${offset})`);
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const text = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [text(head), rule, ...body.map(text)].join('\n');
}
