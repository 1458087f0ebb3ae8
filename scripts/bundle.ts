import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Metafile, type Plugin, transform } from 'esbuild';
import { decodedDescriptors } from './descriptors.ts';
import { licences } from './licences.ts';

/** The HTTP client of the toolkit (with undici, half a megabyte) serves its OIDC helper, which the gate never reaches. */
const unused = /^(@actions\/http-client(\/.*)?|undici)$/;

/** Of gRPC's transport: statistics that are switched off, and a way through proxies that is not taken. */
const unusedOfGrpc = /^\.\/(channelz|http_proxy)$/;

/** What the modules around them call at start. */
const placeholder = `
  exports.registerChannelzSocket = () => ({});
  exports.unregisterChannelzRef = () => {};
  exports.ChannelzCallTracker = exports.ChannelzCallTrackerStub = class {};
  exports.getProxiedConnection = async () => null;
`;

/** Node compiles its pattern of an IPv6 address for milliseconds, where gRPC only wants to know if it needs brackets. */
const askedForIPv6 = '(0, net_1.isIPv6)(address.host)';

async function withoutPattern(path: string): Promise<string> {
  const code = await readFile(path, 'utf8');
  if (!code.includes(askedForIPv6)) {
    throw new Error(`${path} does not say ${askedForIPv6} any more: see whether gRPC still needs to be spared that`);
  }
  return code.replace(askedForIPv6, 'address.host.includes(":")');
}

const absent: Plugin = {
  name: 'absent',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: unused }, ({ path }) => ({ path, namespace: 'absent' }));
    onResolve({ filter: unusedOfGrpc }, ({ path, importer }) =>
      /[\\/]@grpc[\\/]grpc-js[\\/]/.test(importer) ? { path, namespace: 'absent' } : null,
    );
    onLoad({ filter: /[\\/]grpc-js[\\/].*[\\/]subchannel-address\.js$/ }, async ({ path }) => ({
      contents: await withoutPattern(path),
    }));
    onLoad({ filter: /.*/, namespace: 'absent' }, () => ({ contents: placeholder, loader: 'js' }));
  },
};

/** The simulated cluster needs the servers of what `absent` leaves out: a bundle of its own, which only `demo` loads. */
const besideDemo: Plugin = {
  name: 'beside-demo',
  setup({ onResolve }) {
    onResolve({ filter: /\/sim\/demo\.ts$/ }, () => ({ path: './demo.cjs', external: true }));
  },
};

/**
 * Of the Kubernetes library only what reads a kubeconfig and authenticates is
 * used: not the generated client (megabytes) with its HTTP client, nor the
 * logins that Kubernetes itself dropped in 1.26.
 */
const unusedOfKubernetes: Plugin = {
  name: 'unused-of-kubernetes',
  setup({ onResolve, onLoad }) {
    const isOfLibrary = (importer: string): boolean => /[\\/]@kubernetes[\\/]client-node[\\/]/.test(importer);
    onResolve({ filter: /^(undici|\.\/(gen\/index|azure_auth|gcp_auth|middleware)\.js)$/ }, ({ path, importer }) =>
      isOfLibrary(importer) ? { path, namespace: 'unused-of-kubernetes' } : null,
    );
    onLoad({ filter: /.*/, namespace: 'unused-of-kubernetes' }, () => ({
      contents: `
        class Absent { isAuthProvider() { return false; } }
        module.exports = { Agent: Absent, ProxyAgent: Absent, AzureAuth: Absent, GoogleCloudPlatformAuth: Absent };
      `,
      loader: 'js',
    }));
  },
};

const common = {
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node22',
  // Beside the bundles, in licenses.txt.
  legalComments: 'none',
  outExtension: { '.js': '.cjs' },
  metafile: true,
  logLevel: 'warning',
} as const;

/**
 * The action and the command line share what they have in common, and what is
 * imported when it is used is a file of its own, loaded then. Minified, since
 * every run parses what it loads. CommonJS: an ES module would need a banner
 * for the `require` of its dependencies; esbuild splits only ES modules, so
 * they become CommonJS afterwards.
 */
async function bundleClient(outdir: string): Promise<Metafile> {
  const { outputFiles, metafile } = await build({
    ...common,
    entryPoints: { action: 'src/action.ts', cli: 'src/cli.ts' },
    plugins: [absent, unusedOfKubernetes, besideDemo, decodedDescriptors],
    format: 'esm',
    splitting: true,
    outdir,
    write: false,
  });
  await mkdir(outdir, { recursive: true });
  for (const { path, text } of outputFiles) {
    const { code } = await transform(text, {
      format: 'cjs',
      platform: 'node',
      target: common.target,
      minify: true,
      // `import()` would start Node's loader of ES modules, for a tenth of the time until the first call.
      supported: { 'dynamic-import': false },
    });
    await writeFile(path, code);
  }
  return metafile;
}

/** Writes everything that users run, and the licences of what is in it. */
export async function bundle(outdir: string): Promise<void> {
  const client = await bundleClient(outdir);
  const demo = await build({
    ...common,
    entryPoints: { demo: 'sim/demo.ts' },
    format: 'cjs',
    outdir,
  });
  await writeFile(join(outdir, 'licenses.txt'), await licences([client, demo.metafile]));
}
