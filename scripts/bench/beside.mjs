import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { bare } from './measure.mjs';

/**
 * A program of this folder in a process of its own, so that its CPU is nobody else's. It is steered
 * over the channel between the two: one answer for each message.
 */
export async function startBeside(program, options) {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const child = fork(file, [JSON.stringify(options)], { env: bare() });
  const answer = () =>
    new Promise((resolve, reject) => {
      const gone = (status) => reject(new Error(`${program} ended with ${status}`));
      child.once('exit', gone).once('message', ({ result, error }) => {
        child.off('exit', gone);
        if (error === undefined) resolve(result);
        else reject(new Error(`${program}: ${error}`));
      });
    });
  const ready = await answer();
  return {
    ready,
    async ask(hand, value) {
      child.send({ hand, value });
      return answer();
    },
    async stop() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/** What the program was started with. */
export function startOptions() {
  return JSON.parse(process.argv[2] ?? '{}');
}

/** The other end: says that it is ready, and does as it is told until the channel is closed. */
export async function obey(hands, ready) {
  const done = async ({ hand, value }) => ({ result: await hands[hand](value) });
  process.on('message', (message) => {
    void done(message)
      .catch(({ message: error }) => ({ error }))
      .then((answer) => process.send(answer));
  });
  process.send({ result: ready });
  await once(process, 'disconnect');
}
