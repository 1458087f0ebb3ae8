import { build, type Plugin } from 'esbuild';

/**
 * Parts of dependencies that the gate never reaches: proto-loader and an
 * ordered map serve channelz, which is switched off; the HTTP client of the
 * toolkit (with undici, half a megabyte) serves its OIDC helper.
 */
const unused = /^(@grpc\/proto-loader|@js-sdsl\/ordered-map|@actions\/http-client(\/.*)?|undici)$/;

/** Of gRPC, what a server needs, what makes clients of its own kind, and ways to spread calls over servers: each endpoint has one address. */
const unusedOfGrpc =
  /^\.\/(server(-credentials|-interceptors|-call)?|admin|certificate-provider|experimental|make-client|single-subchannel-channel|orca|resolver-uds|load-balancer-(outlier-detection|weighted-round-robin|round-robin))$/;

/** What the modules around them call at start. */
const placeholder = `
  exports.setup = exports.registerAdminService = () => {};
  exports.OrderedMap = class { eraseElementByKey() {} };
`;

function absent(isServer: boolean): Plugin {
  return {
    name: 'absent',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: isServer ? /^@actions\/http-client(\/.*)?$/ : unused }, ({ path }) => ({
        path,
        namespace: 'absent',
      }));
      onResolve({ filter: unusedOfGrpc }, ({ path, importer }) =>
        !isServer && /[\\/]@grpc[\\/]grpc-js[\\/]/.test(importer) ? { path, namespace: 'absent' } : null,
      );
      onLoad({ filter: /.*/, namespace: 'absent' }, () => ({ contents: placeholder, loader: 'js' }));
    },
  };
}

/** The simulated cluster is a bundle of its own beside the command line's, loaded only by `demo`. */
const lazyDemo: Plugin = {
  name: 'lazy-demo',
  setup({ onResolve }) {
    onResolve({ filter: /\/sim\/demo\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './demo.cjs', external: true } : null,
    );
  },
};

/**
 * CommonJS: an ES module would need a banner for the `require` of its
 * dependencies. Minified, since every run of the action parses all of it.
 */
export async function bundle(outdir: string): Promise<void> {
  const common = {
    outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    minify: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    legalComments: 'none',
    logLevel: 'warning',
  } as const;
  const client = { action: 'src/action.ts', cli: 'src/cli.ts' };
  await build({ ...common, entryPoints: client, plugins: [absent(false), lazyDemo] });
  await build({ ...common, entryPoints: { demo: 'sim/demo.ts' }, plugins: [absent(true)] });
}
