// The pages that browsers are sent to: the scratch folder on loopback, under the Content-Security-Policy that the first
// part of the path names. A page sends its result back by POST, so a driver only has to open an address.
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

export const wasm = ['relaxed', 'simd', 'scalar'];

/** name of the policy, its script-src, and what it means for the builds; undefined: as the engine has it */
export const policies = [
  { policy: 'no CSP', prefix: 'open', source: undefined, refused: undefined },
  { policy: "CSP 'self'", prefix: 'self', source: "script-src 'self'", build: 'js', refused: wasm },
  {
    policy: "CSP 'self' 'wasm-unsafe-eval'",
    prefix: 'wasm',
    source: "script-src 'self' 'wasm-unsafe-eval'",
    refused: undefined,
  },
];
const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** Serves the folder; `visit` opens a path with the function it is given and waits for what the page says. */
export async function serve({ folder, installed }) {
  const waiting = new Map();
  let visits = 0;
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    if (request.method === 'POST') {
      let body = '';
      request.on('data', (text) => (body += text));
      request.on('end', () => (response.end(), waiting.get(searchParams.get('visit'))?.(JSON.parse(body))));
      return;
    }
    const [, prefix, ...rest] = pathname.split('/');
    const { source } = policies.find((each) => each.prefix === prefix) ?? {};
    // the example imports from dist/, beside examples/ in the repository: here that is the installed package's
    const file =
      rest[0] === 'dist' ? join(installed, normalize(rest.join('/'))) : join(folder, normalize(rest.join('/')));
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return response.writeHead(404).end();
    const headers = { 'content-type': types[extname(file)] ?? 'application/octet-stream' };
    response.writeHead(200, source === undefined ? headers : { ...headers, 'content-security-policy': source });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${server.address().port}`;

  async function visit(open, path) {
    const id = String(++visits);
    let timer;
    const said = new Promise((resolve, reject) => {
      waiting.set(id, resolve);
      timer = setTimeout(() => reject(new Error(`${path} said nothing in 60 s`)), 60_000);
    });
    said.catch(() => {});
    try {
      await open(`${address}${path}${path.includes('?') ? '&' : '?'}visit=${id}`, said);
      const { results, error } = await said;
      if (error !== undefined) throw new Error(error);
      return results;
    } finally {
      clearTimeout(timer);
      waiting.delete(id);
    }
  }
  return { address, visit, stop: () => (server.closeAllConnections(), server.close()) };
}

/** The rows of a browser: each policy, on the main thread and in a module worker. `best` and `refused` of the engine itself. */
export function* browserRows(name, site, open, version, { best, refused = [] }) {
  for (const { policy, prefix, ...own } of policies) {
    for (const thread of ['main', 'worker']) {
      yield {
        runtime: `${name}, ${policy}${thread === 'worker' ? ', worker' : ''}`,
        build: own.build ?? best,
        refused: own.refused ?? refused,
        version,
        run: () => site.visit(open, `/${prefix}/page.html?thread=${thread}`),
      };
    }
  }
}
