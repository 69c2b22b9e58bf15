import { fork } from 'node:child_process';
import { join } from 'node:path';

/** A contender in a process of its own; ask() sends one request and waits for the answer. */
export class Child {
  constructor(node, flags) {
    this.process = fork(join(import.meta.dirname, 'worker.mjs'), {
      execPath: node,
      execArgv: flags,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
  }

  ask(type, request = {}) {
    return new Promise((resolve, reject) => {
      const done = (settle, value) => {
        clearTimeout(timer);
        this.process.removeAllListeners();
        settle(value);
      };
      const timer = setTimeout(() => done(reject, new Error('no answer within a minute')), 60_000);
      this.process.once('message', (/** @type {any} */ answer) =>
        answer.failed ? done(reject, new Error(answer.error)) : done(resolve, answer),
      );
      this.process.once('exit', (code, signal) => done(reject, new Error(`process ended (${signal ?? code})`)));
      this.process.send({ type, ...request }, (error) => error && done(reject, error));
    });
  }

  end() {
    this.process.kill();
  }
}
