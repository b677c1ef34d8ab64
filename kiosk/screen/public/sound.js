/** When a tone is heard: once for each new one, and never for what was before this page. */
import { startTone } from './tones.js';

export function createSound() {
  let audio = null;
  let stop = () => {};
  /** the tone heard last; null: whatever sounded before this page or this stream is not repeated */
  let heard = null;

  function speaker() {
    audio ??= new AudioContext();
    // A kiosk's browser is started with autoplay allowed; elsewhere the first touch allows it.
    if (audio.state === 'suspended') audio.resume();
    return audio;
  }
  addEventListener('pointerdown', speaker);
  // Opening a loudspeaker takes longer than a view: before anybody waits for a tone.
  speaker();

  return {
    /** @returns whether this view's tone is a new one */
    hear({ tone, toneSerial }) {
      const next = `${tone} ${toneSerial}`;
      if (next === heard) return;
      const isNew = heard !== null || tone === 'siren';
      heard = next;
      stop();
      stop = isNew && tone !== 'none' ? startTone(speaker(), tone) : () => {};
    },
    /** The controller is gone: no siren goes on, and what sounds first afterwards is old. */
    hush() {
      heard = null;
      stop();
      stop = () => {};
    },
  };
}
