// WebKit, the family of Safari: WebKitGTK's MiniBrowser under Xvfb, spoken to in WebDriver's own words over HTTP.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { browserRows, serve } from '../pages.mjs';
import { debian, sh } from '../scratch.mjs';
import { playground } from './playground.mjs';

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** A screen and a driver of their own. */
async function start(later) {
  const driver = await debian(['WebKitWebDriver'], ['webkit2gtk-driver']);
  const xvfb = await debian(['Xvfb'], ['xvfb']);
  const [{ stdout }, port] = [
    await sh('find', ['/usr/lib', '-name', 'MiniBrowser', '-path', '*webkit2gtk*']),
    await freePort(),
  ];
  const binary = stdout.trim().split('\n')[0];
  const screen = spawn(xvfb, ['-displayfd', '3', '-screen', '0', '800x600x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  later(() => screen.kill());
  const display = await new Promise((resolve, reject) => {
    screen.on('error', reject);
    screen.stdio[3].once('data', (text) => resolve(`:${String(text).trim()}`));
    setTimeout(() => reject(new Error('Xvfb names no display')), 20_000).unref();
  });
  // as root, in a container, WebKit's own sandbox cannot be had
  const env = {
    ...process.env,
    DISPLAY: display,
    WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
    LIBGL_ALWAYS_SOFTWARE: '1',
  };
  const child = spawn(driver, [`--port=${port}`, '--host=127.0.0.1'], { env, stdio: 'ignore' });
  later(() => child.kill());

  const ask = async (method, path, body) => {
    const init = { method, signal: AbortSignal.timeout(60_000), body: body && JSON.stringify(body) };
    const { value } = await (await fetch(`http://127.0.0.1:${port}${path}`, init)).json();
    if (value?.error !== undefined) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
  for (let i = 0; ; i++) {
    try {
      await ask('GET', '/status');
      break;
    } catch (error) {
      if (i === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  const alwaysMatch = { 'webkitgtk:browserOptions': { binary, args: ['--automation'] } };
  const session = await ask('POST', '/session', { capabilities: { alwaysMatch } });
  later(() => ask('DELETE', `/session/${session.sessionId}`).catch(() => {}));
  return {
    go: (url) => ask('POST', `/session/${session.sessionId}/url`, { url }),
    evaluate: (script) => ask('POST', `/session/${session.sessionId}/execute/sync`, { script, args: [] }),
    version: session.capabilities.browserVersion,
  };
}

export async function* webkit(place, later) {
  const site = await serve(place);
  later(site.stop);
  const started = start(later);
  started.catch(() => {});
  const open = async (url, said) => {
    await (await started).go(url);
    await said;
  };
  // no relaxed SIMD in WebKitGTK 2.50: it shows that simd is picked
  yield* browserRows('WebKitGTK', site, open, async () => (await started).version, {
    best: 'simd',
    refused: ['relaxed'],
  });
  yield {
    check: 'playground in WebKitGTK',
    async run() {
      const { go, evaluate } = await started;
      return playground(place, site.address, go, evaluate, 'simd');
    },
  };
}
