import { CommanderError, type Command } from 'commander';
import type { Explanation } from './error-table.ts';
import { EXIT, type ExitStatus } from './exit-codes.ts';
import { homeOf, toolVersion } from './home.ts';
import { createProgram, type CommonFlags, type Perform } from './program.ts';
import type { Session } from './session.ts';

/** Runs one command line; resolves to the exit status. The only place that turns errors into words. */
export async function main(argv: readonly string[]): Promise<number> {
  let status: ExitStatus = EXIT.done;
  const perform: Perform = async (flags, work) => {
    status = await performIn(flags, work);
  };
  const program = createProgram(toolVersion(), perform);
  neverExit(program);
  try {
    await program.parseAsync([...argv]);
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    throw error;
  }
}

function neverExit(command: Command): void {
  command.exitOverride();
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
  const { env, stdin, stdout, stderr } = process;
  const environment = readEnvironment(env);
  const wished = (env['CONTACTSYNC_ACCESSIBLE'] ?? '') !== '';
  const preferences = await readPreferences(homeOf(environment));
  const io = await createIo({
    streams: { stdin, stdout, stderr },
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
    stdin,
  });
}

async function report(
  error: unknown,
  flags: CommonFlags,
  session: Session | undefined,
): Promise<ExitStatus> {
  const { isExit } = await import('./prompts/prompter.ts');
  if (isExit(error)) return EXIT.interrupted;
  const { explain } = await import('./error-table.ts');
  const explanation = explain(error);
  say(explanation, flags, session);
  if (flags.verbose === true) {
    const { redact } = await import('../http/redact.ts');
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    process.stderr.write(`${redact(stack)}\n`);
  }
  return explanation.status;
}

function say(
  { code, message, next, status }: Explanation,
  flags: CommonFlags,
  session: Session | undefined,
): void {
  const silent = flags.quiet === true && status === EXIT.locked;
  if (!silent) process.stderr.write(`✖ ${message}\n${next === undefined ? '' : `  ${next}\n`}`);
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
