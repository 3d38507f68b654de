import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const USAGE = fileURLToPath(new URL('usage.cjs', import.meta.url));

/**
 * Runs a node program to its end: seconds by the wall, seconds of CPU (user and system, of this
 * process alone), peak RSS in MiB, and what it printed. `preload` may tell more of it.
 */
export async function measured(args, env, { status = [0], preload = [], onStart } = {}) {
  const loaded = [USAGE, ...preload].flatMap((file) => ['--require', file]);
  const started = process.hrtime.bigint();
  const child = spawn(process.execPath, [...loaded, ...args], {
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
  const told = usage().trim().split('\n').filter(Boolean);
  const figures = Object.assign({ cpu: 0, rss: 0 }, ...told.map((line) => JSON.parse(line)));
  return { wall, ...figures, exit, stdout: stdout() };
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

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/**
 * Runs each work so many times and gives the medians of the numbers that it resolves to. The works
 * take turns, so that whatever else the machine does meets all of them alike.
 */
export async function inTurn(times, works) {
  const entries = Object.entries(works).map(([name, work]) => ({ name, work, results: [] }));
  for (let time = 0; time < times; time += 1) {
    for (const { work, results } of entries) results.push(await work());
  }
  return Object.fromEntries(entries.map(({ name, results }) => [name, mediansOf(results)]));
}

function mediansOf(results) {
  const numbers = Object.keys(results[0]).filter((key) => typeof results[0][key] === 'number');
  return Object.fromEntries(
    numbers.map((key) => [key, median(results.map((result) => result[key]))]),
  );
}
