// examples/many-machines with the packed tarball, BullMQ and a real Redis: it checks itself, and that workers were killed.
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { debian, here, install, sh } from './scratch.mjs';

export async function* machines({ folder }) {
  yield {
    check: 'BullMQ and Redis: examples/many-machines, two workers killed in the midst of a job',
    async run() {
      const redis = await debian(['redis-server'], ['redis-server']);
      await install(join(here, 'machines'));
      const example = join(folder, 'examples/many-machines');
      symlinkSync(join(here, 'machines/node_modules'), join(example, 'node_modules'));
      const { stdout } = await sh(process.execPath, [join(example, 'many-machines.mjs')], { cwd: folder });
      const killed = stdout.match(/killed: worker/g)?.length,
        again = /begun again: [1-9]/.test(stdout);
      if (killed !== 2 || !again || !stdout.includes('the results are the same')) throw new Error(stdout);
      const { stdout: said } = await sh(redis, ['--version']);
      return `Redis ${/v=(\S+)/.exec(said)[1]}; the results are the same to the bit`;
    },
  };
}
