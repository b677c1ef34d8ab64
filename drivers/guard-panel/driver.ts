/** The guard panel's session: contacts to presses; a stuck or chattering one is a fault, no press. */
import type { GuardedButton, PanelButton } from '../../config/vocabulary.js';
import type { Cancel, InputLines } from '../../hardware/ports.js';
import { followLine, settleMs } from '../contact.js';
import { debounce } from '../debounce.js';
import type { Driver } from '../reading.js';
import type { DriverTools } from '../session.js';
import { type ButtonFault, buttonContact } from './button-contact.js';
import { buttonNames, buttons, type CoverTraits } from './buttons.js';

export interface GuardPanelOptions extends DriverTools {
  readonly lines: InputLines;
  /** which covers have a contact; none by default */
  readonly covers?: readonly GuardedButton[];
}

type PanelFault = ButtonFault | 'under-cover';

/**
 * Makes the panel's driver. Emits `button` with the contact's own time (a button that is down at
 * the start is not pressed until it has been up), and `device`: `ok` from the start, `degraded`
 * with `<button>-chatters`, `<button>-held` or `<button>-under-cover`, several separated by a
 * space, until the contact has rested.
 */
export function guardPanel(options: GuardPanelOptions): Driver {
  const faults = new Map<PanelButton, string>();
  let cancels: Cancel[] = [];
  let reported = '';

  const report = (): void => {
    const why = buttonNames.flatMap((button) => faults.get(button) ?? []).join(' ');
    const status = why === '' ? 'ok' : 'degraded';
    if (reported === `${status} ${why}`) return;
    reported = `${status} ${why}`;
    const { monotonicMs } = options.clock.now();
    options.emit({ type: 'device', device: 'panel', status, why, monotonicMs });
  };

  return {
    start() {
      if (cancels.length > 0) return;
      report();
      cancels = buttonNames.flatMap((button) =>
        watchButton(options, button, (fault) => {
          if (fault === null) faults.delete(button);
          else faults.set(button, `${button}-${fault}`);
          report();
        }),
      );
    },
    stop() {
      for (const cancel of cancels) cancel();
      cancels = [];
      faults.clear();
      reported = '';
    },
  };
}

/** One button: emits its presses, tells its fault or null. */
function watchButton(
  options: GuardPanelOptions,
  button: PanelButton,
  setFault: (fault: PanelFault | null) => void,
): Cancel[] {
  const { clock, scheduler, lines, emit } = options;
  const traits = buttons[button];
  const hasCover = options.covers?.some((name) => name === button) ?? false;
  const cover = hasCover && traits.cover !== null ? watchCover(lines, traits.cover) : null;
  let contactFault: ButtonFault | null = null;
  /** this press came under the closed cover */
  let underCover = false;

  const follower = buttonContact({
    traits,
    active: lines.isActive(traits.line),
    nowMs: clock.now().monotonicMs,
    tell(news) {
      if (news.type === 'fault') contactFault = news.fault;
      else {
        if (news.type === 'pressed') underCover = cover !== null && !cover.isLifted(news.atMs);
        const counts = !underCover || traits.cover?.closedPress === 'counts';
        if (counts) emit({ type: 'button', button, event: news.type, monotonicMs: news.atMs });
        if (news.type === 'released') underCover = false;
      }
      setFault(contactFault ?? (underCover ? 'under-cover' : null));
    },
  });
  const cancel = followLine({ clock, scheduler, lines, line: traits.line, follower });
  return cover === null ? [cancel] : [cancel, cover.cancel];
}

/** A cover is only asked when somebody presses, so it needs no timer. */
function watchCover(lines: InputLines, { line }: CoverTraits) {
  let lifted = lines.isActive(line);
  const contact = debounce(settleMs, lifted);
  const cancel = lines.subscribe((edge) => {
    if (edge.line === line) lifted = contact.edge(edge.active, edge.monotonicMs)?.active ?? lifted;
  });
  return {
    cancel,
    isLifted(atMs: number): boolean {
      lifted = contact.tick(atMs)?.active ?? lifted;
      return lifted;
    },
  };
}
