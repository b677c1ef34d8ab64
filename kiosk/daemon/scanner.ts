/** The scanner that a configuration names, on this machine's links. */
import { cameraSetup } from '../../config/camera-config.js';
import { type LinkConfig, linkTarget, type ScannerConfig } from '../../config/kiosk-config.js';
import type { HidSelector } from '../../config/scanner-config.js';
import { scannerUsagePage } from '../../drivers/qr-scanner/hid-pos/report-layout.js';
import { gm65Speeds, type ScannerDevice } from '../../drivers/qr-scanner/kinds.js';
import { commandCamera } from '../../hardware/linux/camera.js';
import { type HidTarget, hidLink } from '../../hardware/linux/hid-link.js';
import type { Link } from '../../hardware/ports.js';

/**
 * @param config the checked `devices.scanner`
 * @param say takes a line that a camera's program has said
 * @param linkTo makes a link
 * @returns the device with its link, which is not opened
 */
export function configuredScanner(
  config: ScannerConfig,
  say: (line: string) => void,
  linkTo: (link: LinkConfig) => Link,
): ScannerDevice {
  switch (config.driver) {
    case 'line':
      return { ...config, link: linkTo(config.link) };
    case 'gm65': {
      const { driver, link, idleMs, ...settings } = config;
      const isTty = linkTarget(link.path)?.type === 'tty';
      return {
        driver,
        link: linkTo(link),
        speeds: gm65Speeds(isTty ? (link.baudRate ?? null) : null),
        settings,
        ...(idleMs !== undefined && { idleMs }),
      };
    }
    case 'hid-pos':
      return { driver: config.driver, link: hidLink(hidTarget(config.hid)) };
    case 'camera': {
      const { command, ...shape } = cameraSetup(config);
      return { driver: config.driver, camera: commandCamera({ command, shape, say }) };
    }
  }
}

function hidTarget({ vendorId, productId, serial }: HidSelector): HidTarget {
  return {
    usagePage: scannerUsagePage,
    ...(vendorId !== undefined && { vendorId: Number.parseInt(vendorId, 16) }),
    ...(productId !== undefined && { productId: Number.parseInt(productId, 16) }),
    ...(serial !== undefined && { serial }),
  };
}
