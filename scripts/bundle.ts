import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Metafile, type Plugin, transform } from 'esbuild';
import { licences } from './licences.ts';

/**
 * The HTTP client of the toolkit (with undici, half a megabyte) only serves its
 * OIDC helper, which the gate does not use.
 */
const unusedOfToolkit: Plugin = {
  name: 'unused-of-toolkit',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(@actions\/http-client(\/.*)?|undici)$/ }, ({ path }) => ({
      path,
      namespace: 'unused-of-toolkit',
    }));
    onLoad({ filter: /.*/, namespace: 'unused-of-toolkit' }, () => ({
      contents: 'module.exports = {};',
      loader: 'js',
    }));
  },
};

/** gRPC reads `.proto` files with it for load reports and its own diagnostics, which the gate does not use: 130 kB. */
const unusedOfGrpc: Plugin = {
  name: 'unused-of-grpc',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@grpc\/proto-loader$/ }, ({ path }) => ({ path, namespace: 'unused-of-grpc' }));
    onLoad({ filter: /.*/, namespace: 'unused-of-grpc' }, () => ({ contents: 'module.exports = {};', loader: 'js' }));
  },
};

/** The simulated cluster is a separate bundle, which only `demo` loads. */
const separateDemo: Plugin = {
  name: 'separate-demo',
  setup({ onResolve }) {
    onResolve({ filter: /\/sim\/demo\.ts$/ }, () => ({ path: './demo.cjs', external: true }));
  },
};

/**
 * The gate uses the Kubernetes library to read a kubeconfig and to authenticate. It
 * needs neither the generated client (megabytes) with its HTTP client, nor the auth
 * providers that Kubernetes removed in 1.26.
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
  // They are in licenses.txt.
  legalComments: 'none',
  outExtension: { '.js': '.cjs' },
  metafile: true,
  logLevel: 'warning',
} as const;

/**
 * The action and the command line share chunks, and each dynamic import is a separate
 * chunk. The entries themselves are small: any version of Node can read
 * them, and an old one gets a message instead of a syntax error. esbuild only splits
 * ES modules, which would need a banner for the `require` of their dependencies, so
 * they are transformed to CommonJS afterwards.
 */
async function bundleClient(outdir: string): Promise<Metafile> {
  const { outputFiles, metafile } = await build({
    ...common,
    entryPoints: { action: 'src/action.ts', cli: 'src/cli.ts' },
    plugins: [unusedOfGrpc, unusedOfKubernetes, unusedOfToolkit, separateDemo],
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
    });
    await writeFile(path, code);
  }
  return metafile;
}

/** Writes the bundles and the licences of their packages. */
export async function bundle(outdir: string): Promise<void> {
  const client = await bundleClient(outdir);
  const demo = await build({
    ...common,
    entryPoints: { demo: 'sim/demo.ts' },
    plugins: [unusedOfGrpc],
    format: 'cjs',
    outdir,
  });
  await writeFile(join(outdir, 'licenses.txt'), await licences([client, demo.metafile]));
}
