/** Everything a run needs to know before it starts, checked whole: files, policy, keys, trust list. */
import type { Board } from '../../config/board.js';
import type { BoothFiles } from '../../config/booth-files.js';
import type { PrivateKey } from '../../config/crypto/ed25519-key.js';
import type { KioskConfig } from '../../config/kiosk-config.js';
import type { Language } from '../../config/language.js';
import { loadKioskConfig, problemLines, type TrustFile } from '../../config/load.js';
import type { MqttFiles } from '../../config/mqtt-files.js';
import type { Policy } from '../../config/policy.js';
import type { Problem } from '../../config/problems.js';
import { parseTrustListBytes, type TrustList } from '../credential/trust.js';

export interface Configuration {
  readonly config: KioskConfig;
  readonly policy: Policy;
  readonly trust: TrustList;
  /** secret */
  readonly pepper: Uint8Array;
  /** certificate and token of the guard's page */
  readonly booth: BoothFiles;
  /** the gate's lines; null where they are simulated without a map */
  readonly board: Board | null;
  /** the gate's own key and certificate; null where it does not report */
  readonly mqtt: MqttFiles | null;
  /** signs the journal, also of a gate that does not report; null: nobody does */
  readonly deviceKey: PrivateKey | null;
  /** of the person's screen, in their order */
  readonly languages: readonly Language[];
}

export type ReadConfiguration =
  | { readonly ok: true; readonly configuration: Configuration }
  /** one line for each problem: `file: place: problem` */
  | { readonly ok: false; readonly lines: readonly string[] };

/**
 * Reads `kiosk.json` at `path` and all it points at. Never throws.
 * @returns the configuration, or every problem of every file that could be found
 */
export function readConfiguration(path: string): ReadConfiguration {
  const loaded = loadKioskConfig(path);
  if (!loaded.ok) {
    const ofTrust = loaded.trust === null ? [] : trustProblems(loaded.trust);
    return { ok: false, lines: problemLines([...loaded.problems, ...ofTrust]) };
  }
  const { config, files } = loaded;
  const parsed = parseTrust(files);
  if (!parsed.ok) return { ok: false, lines: problemLines(trustProblems(files)) };
  const { policy, pepper, booth, board, mqtt, deviceKey, languages } = files;
  const { trust } = parsed;
  return {
    ok: true,
    configuration: { config, policy, trust, pepper, booth, board, mqtt, deviceKey, languages },
  };
}

function parseTrust({ trustText }: TrustFile): ReturnType<typeof parseTrustListBytes> {
  return parseTrustListBytes(Buffer.from(trustText, 'utf8'));
}

function trustProblems(file: TrustFile): readonly Problem[] {
  const parsed = parseTrust(file);
  if (parsed.ok) return [];
  return parsed.problems.map((problem) => ({ file: file.trustPath, ...problem }));
}
