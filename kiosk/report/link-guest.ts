/** Who else uses the gate's link to its broker beside the reports: configuration and commands. */
import type { InMessage } from './broker-link.js';
import type { OutMessage, PublishResult } from './publish-window.js';

/** The link while it is up. */
export interface GuestLine {
  publish(message: OutMessage, done: (result: PublishResult) => void): void;
  /** Asks for more topics, until the connection ends; what is retained there comes. */
  subscribe(filter: string): void;
  unsubscribe(filter: string): void;
}

export interface LinkGuest {
  /** topics that it asks for with every connection */
  readonly filters: readonly string[];
  up(line: GuestLine): void;
  down(): void;
  /**
   * @returns `taken`: it was for it; `refused`: so it was, and it is nobody's to send; `unasked`: it was for
   *   somebody else
   */
  message(message: InMessage): 'taken' | 'refused' | 'unasked';
}
