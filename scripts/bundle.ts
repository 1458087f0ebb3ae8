import { build, type Plugin } from 'esbuild';

/**
 * Parts of dependencies that the gate never reaches: proto-loader serves
 * channelz, and the HTTP client of the toolkit (with undici, half a megabyte)
 * serves its OIDC helper. Left out, they cost no start-up.
 */
const absent: Plugin = {
  name: 'absent',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(@grpc\/proto-loader|@actions\/http-client(\/.*)?|undici)$/ }, ({ path }) => ({
      path,
      namespace: 'absent',
    }));
    onLoad({ filter: /.*/, namespace: 'absent' }, () => ({ contents: 'module.exports = {};', loader: 'js' }));
  },
};

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
 * dependencies. Not minified: whoever pins the action can read what runs.
 */
export async function bundle(outdir: string): Promise<void> {
  await build({
    entryPoints: { action: 'src/action.ts', cli: 'src/cli.ts', demo: 'sim/demo.ts' },
    outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    plugins: [absent, lazyDemo],
    legalComments: 'none',
    logLevel: 'warning',
  });
}
