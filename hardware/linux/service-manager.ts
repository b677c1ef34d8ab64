/**
 * The service manager that has started the process (sd_notify(3)): it is told when the gate is ready,
 * how it is, and that it is still alive. One datagram to a unix socket each. Node has no such sockets;
 * they are called through libc in this process, and not by `systemd-notify`: that is a child of 11 ms
 * each time, needs `NotifyAccess=all`, and has often ended before the manager asks whose it was.
 */
import koffi from 'koffi';

export interface ServiceManager {
  /** Sends assignments, as `READY=1` or `STATUS=…`, a line each; never throws, never blocks. */
  notify(assignments: string): void;
  /** within which it wants to hear `WATCHDOG=1`; null: it does not watch */
  readonly watchdogMs: number | null;
}

/** What the service manager has put into the environment. */
export type ServiceEnvironment = Readonly<Record<string, string | undefined>>;

/** Of Linux, all architectures: socket(2), unix(7). */
const unix = 1;
const datagram = 2;
const closeOnExec = 0o2000000;
const dontWait = 0x40;
/** `sun_path` of `struct sockaddr_un`. */
const pathBytesMax = 108;

/**
 * @param environment of the process
 * @param pid of the process: the manager may mean another one by `WATCHDOG_PID`
 * @returns the manager, or null where none has asked to be told
 */
export function serviceManager(
  environment: ServiceEnvironment,
  pid: number,
): ServiceManager | null {
  const { NOTIFY_SOCKET: socketName } = environment;
  const address = socketName === undefined ? null : unixAddress(socketName);
  if (address === null) return null;
  const libc = koffi.load('libc.so.6');
  const socket: (family: number, type: number, protocol: number) => number = libc.func(
    'int socket(int family, int type, int protocol)',
  );
  const send: (
    descriptor: number,
    bytes: Uint8Array,
    length: number,
    flags: number,
    address: Uint8Array,
    addressLength: number,
  ) => number = libc.func(
    'long sendto(int fd, const void *bytes, size_t length, int flags, const void *address, uint32_t addressLength)',
  );
  const descriptor = socket(unix, datagram | closeOnExec, 0);
  if (descriptor < 0) return null;
  return {
    watchdogMs: watchdogMsOf(environment, pid),
    notify(assignments) {
      const bytes = Buffer.from(assignments, 'utf8');
      // A manager that is away comes back: nothing of this is worth an end.
      send(descriptor, bytes, bytes.length, dontWait, address, address.length);
    },
  };
}

/** @returns `struct sockaddr_un` of a path, or of an abstract name that begins with `@`; null: neither */
function unixAddress(name: string): Uint8Array | null {
  if (!/^[/@]/.test(name)) return null;
  const path = Buffer.from(name.startsWith('@') ? `\0${name.slice(1)}` : `${name}\0`, 'utf8');
  if (path.length > pathBytesMax) return null;
  const family = new Uint8Array(new Uint16Array([unix]).buffer);
  return Buffer.concat([family, path]);
}

function watchdogMsOf(environment: ServiceEnvironment, pid: number): number | null {
  const { WATCHDOG_USEC: micros, WATCHDOG_PID: meant } = environment;
  if (meant !== undefined && Number(meant) !== pid) return null;
  const ms = Number(micros ?? Number.NaN) / 1_000;
  return ms > 0 && Number.isFinite(ms) ? ms : null;
}
