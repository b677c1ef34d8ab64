/** Where on a board an enrolment puts what. Pure. */

/** The folder of secrets in a state directory, as the configuration's reader looks for it. */
const keysFolder = 'keys';

/** Names in that folder. The first three are what `config/load.ts` and `config/mqtt-files.ts` read. */
export const keyNames = {
  trust: 'trust.json',
  pepper: 'pepper',
  device: 'device.json',
  authority: 'broker-ca.pem',
  certificate: 'broker-client.pem',
  certificateKey: 'broker-client.key',
  /** which enrolment this folder is of: no secret */
  enrolment: 'enrolment.json',
  /** beside keys that wait for their certificate: what was asked for; no secret */
  request: 'request.json',
} as const;

export interface BoardPaths {
  readonly stateDirectory: string;
  readonly keys: string;
  /** the new folder until it is whole */
  readonly keysStaged: string;
  /** the folder before, until the new one is in its place */
  readonly keysReplaced: string;
  /** keys that were made for a request, until its answer has come */
  readonly keysRequested: string;
  readonly config: string;
  readonly configStaged: string;
  /** stays: whoever wired the gate may want to look something up */
  readonly configReplaced: string;
  readonly journal: string;
  /** what the gate has accepted over its channels; the marks of the highest steps stay */
  readonly accepted: readonly string[];
}

/** Takes the paths of `kiosk.json` and of the state directory; returns every path of an enrolment. */
export function boardPaths(config: string, stateDirectory: string): BoardPaths {
  const keys = `${stateDirectory}/${keysFolder}`;
  return {
    stateDirectory,
    keys,
    keysStaged: `${keys}.enrolling`,
    keysReplaced: `${keys}.replaced`,
    keysRequested: `${keys}.requested`,
    config,
    configStaged: `${config}.enrolling`,
    configReplaced: `${config}.replaced`,
    journal: `${stateDirectory}/journal.db`,
    accepted: ['', '-wal', '-shm'].map((end) => `${stateDirectory}/settings.db${end}`),
  };
}

/** Takes a state directory; returns `mqtt.tls` of a gate that was enrolled there. */
export function enrolledTls(stateDirectory: string): {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
} {
  const at = (name: string): string => `${stateDirectory}/${keysFolder}/${name}`;
  return {
    authority: at(keyNames.authority),
    certificate: at(keyNames.certificate),
    key: at(keyNames.certificateKey),
  };
}
