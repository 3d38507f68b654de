import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const USAGE = fileURLToPath(new URL('usage.cjs', import.meta.url));

/**
 * Runs a node program to its end: seconds by the wall, seconds of CPU (user and system, of this
 * process alone), peak RSS in MiB, and what it printed.
 */
export async function measured(args, env, { status = [0], onStart } = {}) {
  const started = process.hrtime.bigint();
  const child = spawn(process.execPath, ['--require', USAGE, ...args], {
    env: bare(env),
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  onStart?.(child);
  const [, stdout, stderr, usage] = child.stdio.map(collected);
  const exit = await new Promise((resolve) => {
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  const wall = Number(process.hrtime.bigint() - started) / 1e9;
  if (!status.includes(exit)) {
    throw new Error(`node ${args.join(' ')} ended with ${exit}\n${stdout()}\n${stderr()}`);
  }
  const { cpu = 0, rss = 0 } = usage() === '' ? {} : JSON.parse(usage());
  return { wall, cpu, rss, exit, stdout: stdout() };
}

/** Nothing of the developer's own settings reaches what is measured. */
export function bare(env = {}) {
  const { PATH = '' } = process.env;
  return { PATH, LANG: 'C.UTF-8', ...env };
}

function collected(stream) {
  let text = '';
  stream?.setEncoding?.('utf8').on('data', (chunk) => {
    text += chunk;
  });
  return () => text;
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** Runs `work` so many times and gives the median of each number that it resolves to. */
export async function medianOf(times, work) {
  const results = [];
  for (let time = 0; time < times; time += 1) results.push(await work());
  const numbers = Object.keys(results[0]).filter((key) => typeof results[0][key] === 'number');
  return Object.fromEntries(
    numbers.map((key) => [key, median(results.map((result) => result[key]))]),
  );
}
