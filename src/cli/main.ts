import { CommanderError, type Command } from 'commander';
import type { Explanation } from './error-table.ts';
import { EXIT, type ExitStatus } from './exit-codes.ts';
import { homeOf, toolVersion } from './home.ts';
import type { CommonFlags, Perform } from './grammar.ts';
import { createProgram } from './program.ts';
import { wrap } from './render/wrap.ts';
import type { Session } from './session.ts';
import { errorCode, NO_COMMAND, outputFailed, seeHelp } from './texts/errors.ts';
import { inWords } from './texts/problem.ts';

/** Runs one command line; resolves to the exit status. The only place that turns errors into words. */
export async function main(argv: readonly string[]): Promise<number> {
  let status: ExitStatus = EXIT.done;
  const perform: Perform = async (flags, work) => {
    status = await performIn(flags, work);
  };
  const program = createProgram(toolVersion(), perform);
  neverExit(program);
  const outputs = watchOutputs();
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    status = error.exitCode === 0 ? EXIT.done : await misunderstood(error, program, argv);
  }
  return (await outputs.failed()) ? EXIT.failed : status;
}

/**
 * A reader that has read enough, such as `head`, is no error, and ends no run half-way: what
 * follows is not printed. Any other failure is.
 */
function watchOutputs(): { failed(): Promise<boolean> } {
  let failed = false;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE' || failed) return;
      failed = true;
      if (stream === process.stdout) process.stderr.write(`${outputFailed(error.message)}\n`);
    });
  }
  return {
    failed: async () => {
      // The last write's failure is told a moment later.
      await new Promise((resolve) => setImmediate(resolve));
      return failed;
    },
  };
}

/** A line that is no command. Where help was printed instead, that says enough. */
async function misunderstood(
  error: CommanderError,
  program: Command,
  argv: readonly string[],
): Promise<ExitStatus> {
  const { UsageError } = await import('./usage-error.ts');
  const named = program.commands.find((command) => argv.slice(2).includes(command.name()));
  const helped = error.code === 'commander.help';
  const message = helped ? NO_COMMAND : sentence(error.message);
  const next = seeHelp(named === undefined ? '' : `${named.name()} `);
  const json = argv.includes('--json');
  if (helped && !json) return EXIT.usage;
  return report(new UsageError({ message, next }), { json }, undefined);
}

/** commander begins in lower case, after the word "error". */
function sentence(message: string): string {
  const text = message.replace(/^error: /u, '');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What is wrong with a line is said by us, as every other error is. */
function neverExit(command: Command): void {
  command.exitOverride().configureOutput({ outputError: () => undefined });
  for (const below of command.commands) neverExit(below);
}

async function performIn(
  flags: CommonFlags,
  work: (session: Session) => Promise<ExitStatus>,
): Promise<ExitStatus> {
  const signals = listenForSignals();
  let session: Session | undefined;
  try {
    session = await openSession(flags, signals.signal);
    return await work(session);
  } catch (error) {
    return await report(error, flags, session);
  } finally {
    session?.close();
    signals.stop();
  }
}

async function openSession(flags: CommonFlags, signal: AbortSignal): Promise<Session> {
  const [{ createIo }, { createSession }, { readEnvironment }, { readPreferences }] =
    await Promise.all([
      import('./io.ts'),
      import('./session.ts'),
      import('./environment.ts'),
      import('./preferences.ts'),
    ]);
  const { env } = process;
  const environment = readEnvironment(env);
  const wished = (env['CONTACTSYNC_ACCESSIBLE'] ?? '') !== '';
  const preferences = await readPreferences(homeOf(environment));
  const io = await createIo({
    streams: process,
    env,
    color: flags.color ?? true,
    quiet: flags.quiet ?? false,
    accessible: flags.accessible ?? (wished || preferences.accessible),
  });
  const { json = false, yes = false, quiet = false, verbose = false } = flags;
  return createSession({
    io,
    env: environment,
    flags: { json, yes, quiet, verbose },
    signal,
    stdin: () => process.stdin,
  });
}

async function report(
  error: unknown,
  flags: CommonFlags,
  session: Session | undefined,
): Promise<ExitStatus> {
  const { explain } = await import('./error-table.ts');
  const explanation = explain(error);
  await say(explanation, flags, session);
  if (flags.verbose === true) {
    const { traceOf } = await import('./render/trace.ts');
    process.stderr.write(`${errorCode(explanation.code)}\n${traceOf(error)}\n`);
  }
  return explanation.status;
}

/** Before there is a session: as it would say it. */
function sayUnopened(text: string): void {
  const { stderr } = process;
  stderr.write(`${stderr.isTTY ? wrap(text, stderr.columns) : text}\n`);
}

async function say(
  { code, message, next, status }: Explanation,
  flags: CommonFlags,
  session: Session | undefined,
): Promise<void> {
  const [{ neutralise }, { sign }] = await Promise.all([
    import('./neutralise.ts'),
    import('./render/marks.ts'),
  ]);
  const silent = flags.quiet === true && status === EXIT.locked;
  if (!silent) {
    const warn = session?.io.warn ?? sayUnopened;
    const bad = sign(session?.io ?? { accessible: false }, 'bad');
    warn(inWords({ message: `${bad} ${neutralise(message)}`, next: next && neutralise(next) }));
  }
  if (flags.json !== true) return;
  const document = { version: 1, error: { code, message, next: next ?? null } };
  const text = JSON.stringify(document, undefined, 2);
  if (session === undefined) process.stdout.write(`${text}\n`);
  else session.io.result(text);
}

/** The first signal asks the run to end where nothing is lost; the second ends it at once. */
function listenForSignals(): { readonly signal: AbortSignal; stop(): void } {
  const stopping = new AbortController();
  const onSignal = (name: 'SIGINT' | 'SIGTERM'): void => {
    if (stopping.signal.aborted)
      process.exit(name === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted);
    void import('../sync/errors.ts').then(({ Interrupted }) =>
      stopping.abort(new Interrupted(name)),
    );
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    signal: stopping.signal,
    stop: () => {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    },
  };
}
