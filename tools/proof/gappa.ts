import { spawnSync } from 'node:child_process';

/** how to get it, where it is not there; else '' */
export function missing(): string {
  if (spawnSync('gappa', ['--version']).status === 0) return '';
  return 'gappa is not installed. Debian and Ubuntu: apt-get install gappa; elsewhere: https://gappa.gitlabpages.inria.fr';
}

/** What Gappa says of the `in ?` of a script, in their order, as the largest size; it has checked its own proof. */
export function prove(script: string): number[] {
  const { stdout, stderr, status } = spawnSync('gappa', [], { input: script, encoding: 'utf8' });
  const said = `${stdout}\n${stderr}`,
    asked = script.match(/in \?/g)!.length;
  const found = [...said.matchAll(/ in \[(-?\d+)(?:b(-?\d+))?[^,]*, (-?\d+)(?:b(-?\d+))?/g)];
  if (status !== 0 || found.length !== asked) {
    const text = said.replace(/^Warning.*\n/gm, '');
    throw new Error(`gappa shows ${found.length} of ${asked} bounds of\n${script}\n${text}`);
  }
  return found.map(([, a, p, b, q]) =>
    Math.max(Math.abs(Number(a) * 2 ** Number(p ?? 0)), Math.abs(Number(b) * 2 ** Number(q ?? 0))),
  );
}
