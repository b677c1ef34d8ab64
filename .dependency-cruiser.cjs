/** Each folder imports only folders to its left: config, hardware, drivers, kiosk, scripts, test. */
const order = ['config', 'hardware', 'drivers', 'kiosk', 'scripts', 'test'];
const pure = '^kiosk/core/|/codec\\.ts$|/twin\\.ts$';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    ...order.slice(0, -1).map((folder, index) => ({
      name: `${folder}-imports-only-to-its-left`,
      severity: 'error',
      from: { path: `^${folder}/` },
      to: { path: `^(${order.slice(index + 1).join('|')})/` },
    })),
    {
      name: 'pure-reaches-no-package-and-no-node-module',
      comment: 'kiosk/core, every codec.ts and every twin.ts, not even through others',
      severity: 'error',
      from: { path: pure },
      to: { path: '^node:|node_modules', reachable: true },
    },
    {
      name: 'pure-imports-no-node-module',
      severity: 'error',
      from: { path: pure },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev'] },
    },
    {
      name: 'core-knows-no-shell',
      severity: 'error',
      from: { path: '^kiosk/core/' },
      to: { path: '^kiosk/(?!core/|journal/port\\.ts|screen/view\\.ts)' },
    },
    {
      name: 'devices-of-the-system-only-in-hardware',
      severity: 'error',
      from: { pathNot: '^(hardware|test)/' },
      to: { path: 'node_modules/(serialport|node-hid|onoff|koffi)' },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|public)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
