// Next: an app whose routes run the conformance on the node runtime, on the edge runtime (condition `edge-light`) and in
// a page in Chromium; built and started by the Node that runs this. On the edge runtime Next compiles all modules of a route
// at once, and Node 20 knows no relaxed SIMD: the entry leaves it out.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { launch } from '../chromium.mjs';
import { engines } from '../commandline.mjs';
import { sh } from '../scratch.mjs';

const node = process.execPath;
const modules = join(import.meta.dirname, 'node_modules');
const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' };
const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Builds the app beside the installed package and starts it; resolves with its address. */
async function start(folder, later) {
  const app = join(folder, 'next'),
    program = join(app, 'node_modules/next/dist/bin/next');
  cpSync(join(import.meta.dirname, 'next'), app, { recursive: true });
  mkdirSync(join(app, 'node_modules'));
  for (const name of ['next', 'react', 'react-dom']) symlinkSync(join(modules, name), join(app, 'node_modules', name));
  await sh(node, [program, 'build'], { cwd: app, env, timeout: 240_000 });
  const port = await freePort();
  const child = spawn(node, [program, 'start', '--port', String(port), '--hostname', '127.0.0.1'], {
    cwd: app,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '',
    ended = false;
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  child.on('exit', () => (ended = true));
  later(() => ended || process.kill(-child.pid, 'SIGKILL'));
  for (let i = 0; i < 150 && !ended; i++) {
    if (/Ready in/.test(said)) return `http://127.0.0.1:${port}`;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`next start did not start: ${said.slice(-2000)}`);
}

export async function* next({ folder }, later) {
  const started = start(folder, later);
  started.catch(() => {});
  const ask = async (path) => {
    const response = await fetch(`${await started}${path}`, { signal: AbortSignal.timeout(90_000) });
    if (!response.ok) throw new Error(`${response.status}: ${(await response.text()).slice(0, 500)}`);
    return response.json();
  };
  const version = () => JSON.parse(readFileSync(join(modules, 'next/package.json'), 'utf8')).version;
  const [{ build, refused }] = engines;
  yield { runtime: 'Next, node route', build, refused, version, run: () => ask('/node') };
  yield { runtime: 'Next, edge route', build: 'simd', refused: ['relaxed'], version, run: () => ask('/edge') };
  yield {
    runtime: 'Next, page in Chromium',
    build: 'relaxed',
    refused: [],
    version,
    async run() {
      const address = await started,
        browser = await launch();
      try {
        const page = await browser.newPage();
        await page.goto(address);
        if ((await page.textContent('p')) !== '0.5 0.5') throw new Error('the page was not rendered on the server');
        const { results, error } = await ask('/result');
        if (error !== undefined) throw new Error(error);
        return results;
      } finally {
        await browser.close();
      }
    },
  };
}
