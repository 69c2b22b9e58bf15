// wrangler: bundles the Workers as it does for a deployment; what it made runs in workerd by `wrangler dev`. It needs
// Node 22 or later, so Node 26 of runtimes/ runs it.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { here } from '../scratch.mjs';
import { exampleWorker } from '../workerd.mjs';

const node = join(here, 'node_modules/node-26/bin/node');
const program = join(import.meta.dirname, 'node_modules/wrangler/bin/wrangler.js');
const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** `wrangler dev` on a folder's configuration; resolves with its address when it answers. */
async function dev(cwd, config, later) {
  const port = await freePort();
  const env = {
    ...process.env,
    CI: 'true',
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_LOG_PATH: join(cwd, 'wrangler-logs'),
  };
  const args = [
    program,
    'dev',
    '--config',
    config,
    '--port',
    String(port),
    '--ip',
    '127.0.0.1',
    '--inspector-port',
    String(await freePort()),
  ];
  const child = spawn(node, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '',
    ended = false;
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  child.on('exit', () => (ended = true));
  // wrangler starts programs of its own: the whole group that it leads has to end
  later(() => ended || process.kill(-child.pid, 'SIGKILL'));
  const address = `http://127.0.0.1:${port}/`;
  for (let i = 0; i < 150 && !ended; i++) {
    if (/Ready on/.test(said)) return address;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`wrangler dev did not start: ${said.slice(-2000)}`);
}

export async function* wrangler({ folder }, later) {
  yield {
    runtime: 'wrangler dev',
    build: 'relaxed',
    refused: [],
    version: () => JSON.parse(readFileSync(join(program, '../../package.json'), 'utf8')).version,
    async run() {
      writeFileSync(
        join(folder, 'wrangler.toml'),
        'name = "conformance"\nmain = "worker.js"\ncompatibility_date = "2024-09-01"\n',
      );
      const response = await fetch(await dev(folder, 'wrangler.toml', later), { signal: AbortSignal.timeout(90_000) });
      if (!response.ok) throw new Error(await response.text());
      return response.json();
    },
  };
  yield {
    check: 'examples/worker by wrangler dev',
    run: async () => exampleWorker(await dev(join(folder, 'examples/worker'), 'wrangler.toml', later)),
  };
}
