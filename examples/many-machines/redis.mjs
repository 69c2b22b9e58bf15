// A Redis of this program's own: on loopback, on a port that is free, with nothing kept on disk.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

export async function startRedis() {
  const port = await freePort();
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  await new Promise((resolve, reject) => {
    child.on('error', () => reject(new Error('there is no redis-server; on Debian: apt-get install redis-server')));
    child.on('exit', (code) => reject(new Error(`redis-server ended with ${code}: ${said.slice(-400)}`)));
    child.stdout.on('data', (text) => {
      said += text;
      if (said.includes('Ready to accept connections')) resolve(undefined);
    });
  });
  child.removeAllListeners('exit');
  return {
    port,
    async stop() {
      child.kill();
      await once(child, 'exit');
    },
  };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}
