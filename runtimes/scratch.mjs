// What has to be there before anything runs: the tools of this folder, the packed tarball, and a folder of its own, far
// from the source tree, where the tarball is installed.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const here = import.meta.dirname;
export const root = join(here, '..');
/** the conformance and what it imports */
export const cases = ['conformance.mjs', 'companions.mjs', 'storage.mjs', 'compare.mjs', 'bounds.mjs'];

/** Runs a program to its end. Fails with the last lines that it said, or when it takes too long. */
export function sh(file, args, { timeout = 300_000, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = execFile(
      file,
      args,
      { timeout, killSignal: 'SIGKILL', maxBuffer: 1 << 26, ...options },
      (error, stdout, stderr) => {
        if (error === null) return resolve({ stdout, stderr });
        // the first error that the program names, and its last lines
        const lines = `${stdout}\n${stderr}`.trim().split('\n');
        const said = [...lines.slice(0, -8).filter((line) => /^\w*Error\b/.test(line)).slice(0, 1), ...lines.slice(-8)].join('\n'); // prettier-ignore
        reject(
          new Error(
            `${file} ${error.killed ? `was stopped after ${timeout / 1000} s` : `ended with ${error.code}`}: ${said}`,
          ),
        );
      },
    );
    child.stdin?.end();
  });
}

/** npm of the running Node, in a folder; not the npm_* settings of an npm that started this script. */
export function npm(cwd, ...args) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));
  return sh('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], { cwd, env, timeout: 300_000 });
}

/**
 * Installs what a folder's lock file says, unless it has been done for this very lock file. Not by `npm ci`: it wants the
 * packages of all platforms in the lock, and a registry need not have those of the newest versions.
 */
export async function install(folder) {
  const lock = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  const stamp = join(folder, 'node_modules/.installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  // the programs come in the platform packages themselves: no install script is needed
  await npm(folder, 'install', '--no-save', '--ignore-scripts');
  writeFileSync(stamp, lock);
}

/** A program of Debian's, by the first of its names that is there; else its packages are installed. */
export async function debian(names, packages) {
  const find = () =>
    names.flatMap((name) => (process.env.PATH ?? '').split(':').map((folder) => join(folder, name))).find(existsSync);
  if (find() === undefined) {
    await sh('apt-get', ['update'], { timeout: 120_000 });
    const quiet = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await sh('apt-get', ['install', '-y', '--no-install-recommends', ...packages], { timeout: 400_000, env: quiet });
  }
  return find() ?? Promise.reject(new Error(`${packages.join(', ')} brought none of ${names.join(', ')}`));
}

/** Packs the package (which builds it) and installs the tarball beside the files that will import it by its name. */
export async function scratch(given) {
  const folder = mkdtempSync(join(tmpdir(), 'softmax-simd-'));
  let tarball = given && resolve(given);
  if (tarball === undefined) {
    const { stdout } = await npm(root, 'pack', '--json', '--pack-destination', folder);
    tarball = join(folder, JSON.parse(stdout.slice(stdout.indexOf('[')))[0].filename);
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  await npm(folder, 'install', '--ignore-scripts', '--offline', tarball);
  cpSync(join(here, 'app'), folder, { recursive: true });
  for (const file of cases.filter((name) => name !== 'bounds.mjs')) cpSync(join(here, file), join(folder, file));
  const { build } = await import('esbuild');
  const bounds = { entryPoints: [join(here, 'bounds.mjs')], outfile: join(folder, 'bounds.mjs') };
  await build({ ...bounds, bundle: true, format: 'esm', target: 'es2022', logLevel: 'error' });
  cpSync(join(root, 'examples'), join(folder, 'examples'), { recursive: true });
  return {
    folder,
    tarball,
    installed: join(folder, 'node_modules/softmax-simd'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
