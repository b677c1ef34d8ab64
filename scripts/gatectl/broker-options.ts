/** How gatectl is told of a broker. */
import type { BrokerOptions } from '../../kiosk/report/broker-link.js';
import { required, UsageError } from './command.js';
import { readBytes } from './files.js';

const text = { type: 'string' } as const;
export const brokerOptions = {
  ...{ broker: text, protocol: text, ca: text, cert: text, 'key-file': text },
} as const;

export type BrokerAccess = Pick<BrokerOptions, 'url' | 'protocol' | 'tls'>;

/** Takes the options' values; returns how the broker is reached. Throws UsageError. */
export function readBroker(
  values: {
    readonly [Name in keyof typeof brokerOptions]?: string | undefined;
  },
): BrokerAccess {
  const url = readBrokerUrl(values.broker);
  const protocol = readProtocol(values.protocol);
  if (!url.startsWith('mqtts:')) {
    if (values.ca ?? values.cert ?? values['key-file'])
      throw new UsageError('--ca, --cert and --key-file go with mqtts://');
    return { url, protocol, tls: null };
  }
  const authority = readPem(required(values.ca, '--ca'));
  const certificate = readPem(required(values.cert, '--cert'));
  const key = readPem(required(values['key-file'], '--key-file'));
  return { url, protocol, tls: { authority, certificate, key } };
}

/** Takes `--broker`; returns the URL. Throws UsageError. */
export function readBrokerUrl(word: string | undefined): string {
  const url = required(word, '--broker');
  // It stands in messages and in a collector's log.
  if (url.includes('@'))
    throw new UsageError('--broker takes no name and password: a certificate says who somebody is');
  if (!/^mqtts?:\/\/[^/]+$/.test(url)) throw new UsageError('--broker is mqtt(s)://host:port');
  return url;
}

/** Takes `--protocol`, 5 by default; returns it. Throws UsageError. */
export function readProtocol(word = '5'): 4 | 5 {
  if (word === '5' || word === '4') return word === '5' ? 5 : 4;
  throw new UsageError('--protocol is 5, or 4 for brokers that have only MQTT 3.1.1');
}

/** Takes a PEM file's name; returns its text. */
export function readPem(file: string): string {
  return Buffer.from(readBytes(file)).toString('utf8');
}

/**
 * Takes why there is no connection and the MQTT that was asked for; returns it with what to do, where a
 * broker that has only MQTT 3.1.1 refuses MQTT 5 (return code 1; some say 132, as MQTT 5 has it).
 */
export function downWords(why: string, protocol: 4 | 5): string {
  const isOlder = protocol === 5 && /un(acceptable|supported) protocol version/i.test(why);
  return isOlder ? `${why}: this broker may have only MQTT 3.1.1, run with --protocol 4` : why;
}

/** Why there is no way to a broker, by the code of the system's error, and what to look at. */
const unreached: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there: is the broker running, and is this its port?',
  ENOTFOUND: 'no such host is known: is its name right?',
  EAI_AGAIN: 'the host’s name cannot be looked up: is there a network, and a name server?',
  EHOSTUNREACH: 'there is no way to that host: is it on, and in this network?',
  ENETUNREACH: 'there is no way to that host: is this machine in a network?',
  ETIMEDOUT: 'nothing comes back: is the host on, and does a firewall let the port through?',
  ECONNRESET: 'it has ended the connection: is it mqtt:// or mqtts:// at this port?',
};

/** Takes why there is no connection and the broker's URL; returns both with what to do next. */
export function unreachedWords(why: string, url: string): string {
  const next = Object.entries(unreached).find(([code]) => why.includes(code))?.[1];
  return `${why}${next === undefined ? '' : `: ${next}`}; --broker is ${url}`;
}
