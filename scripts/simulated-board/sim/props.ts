/** What stands, lies and is broken at one gate, as the players have left it. */
import type { Phrase } from '../../../config/policy.js';
import type { GuardedButton, PanelButton } from '../../../config/vocabulary.js';
import type { LiveGate } from '../live-gate.js';
import type { Cable, diskStates } from './actions.js';

export type DiskState = (typeof diskStates)[number];

export interface Props {
  outsideCelsius: number;
  indoorsCelsius: number;
  readonly cut: Set<Cable>;
  readonly held: Set<PanelButton>;
  readonly lifted: Set<GuardedButton>;
  /** whose card lies on the reader */
  card: string | null;
  /** of the body whose wrist is held, degrees Celsius */
  wristCelsius: number | null;
  /** what was last held to the scanner; `count` grows with each */
  scanned: { readonly title: Phrase; readonly count: number } | null;
  /** how the last walk went; `count` grows with each */
  walked: { readonly result: 'passes' | 'blocked' | 'back'; readonly count: number } | null;
  disk: DiskState;
  fire: boolean;
}

const usualOutside = 15;
const usualIndoors = 22;

/** @returns a gate that nobody has touched yet */
export function newProps(): Props {
  return {
    outsideCelsius: usualOutside,
    indoorsCelsius: usualIndoors,
    cut: new Set(),
    held: new Set(),
    lifted: new Set(),
    card: null,
    wristCelsius: null,
    scanned: null,
    walked: null,
    disk: 'sound',
    fire: false,
  };
}

/** @returns whether nothing is broken there, and neither fire, EMERGENCY nor LOCKDOWN is on */
export function isUntouched(gate: LiveGate, { cut, disk, fire }: Props): boolean {
  if (!gate.hasPower() || cut.size > 0 || disk !== 'sound' || fire) return false;
  const { releaseUntilMs, lockdown } = gate.board().gate.state();
  return releaseUntilMs === null && !lockdown;
}

/** Cuts or mends a cable at the far end of the gate. */
export function setCable(gate: LiveGate, props: Props, device: Cable, isWhole: boolean): void {
  if (isWhole) props.cut.delete(device);
  else props.cut.add(device);
  const board = gate.board();
  const turn = isWhole ? 'mend' : 'cut';
  if (device === 'scanner') board.scannerWire[turn]();
  if (device === 'id-card-reader') board.readerWire[turn]();
  if (device === 'thermometer') board.thermometerWire[turn]();
  // A passage contact without power reads as a body that stays.
  if (device === 'turnstile') board.turnstile.jam(!isWhole);
  if (device === 'fire') board.fire.wires(isWhole ? 'sound' : 'cut');
  // Its UPS goes on for as long as is played.
  if (device === 'mains') board.mains(isWhole);
  // Contacts that nobody hears, and lamps that nobody lights: the gate cannot know.
  if (device === 'panel') for (const button of board.panel.buttons) board.panel.release(button);
}

/** Spoils the disk, or mends it. */
export function setDisk(gate: LiveGate, props: Props, state: DiskState): void {
  const { disk } = gate.board();
  disk.heal();
  if (state === 'stalls') disk.stall(Number.POSITIVE_INFINITY);
  else if (state !== 'sound') disk.fail(state);
  props.disk = state;
}

/** After a power cut everything but the gate's computer is as it was; what was held has been let go. */
export function putBack(gate: LiveGate, props: Props, cardOf: (person: string) => unknown): void {
  const board = gate.board();
  board.thermometer.setAmbient(Math.round(props.indoorsCelsius * 100));
  for (const device of props.cut) setCable(gate, props, device, false);
  for (const button of props.lifted) board.panel.cover(button, true);
  if (props.fire) board.fire.alarm(true);
  const card = props.card === null ? null : cardOf(props.card);
  if (card !== null) board.reader.place(card as Parameters<typeof board.reader.place>[0]);
  props.held.clear();
  props.wristCelsius = null;
  props.disk = 'sound';
}

/** Everything is sound and nobody touches it; the disk has to be mended besides. */
export function clearAway(gate: LiveGate, props: Props): void {
  Object.assign(props, { ...newProps(), cut: props.cut, held: props.held, lifted: props.lifted });
  props.cut.clear();
  props.held.clear();
  props.lifted.clear();
  if (!gate.hasPower()) return;
  gate.board().mend();
  gate.board().thermometer.setAmbient(Math.round(props.indoorsCelsius * 100));
  gate.board().disk.heal();
}
