import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openCodeCache, type CodeCacheOptions } from './code-cache.ts';
import { filled, homeOf, toolVersion } from './home.ts';

/** The command line as it was called: little enough to be compiled each time. */
export async function begin(
  argv: readonly string[],
  extensions: CodeCacheOptions['extensions'],
): Promise<void> {
  const home = homeOf({ home: filled(process.env['CONTACTSYNC_HOME']) });
  const bundle = path.dirname(fileURLToPath(import.meta.url));
  const code = openCodeCache({ bundle, home, toolVersion: toolVersion(), extensions });
  const { main } = await import('./main.ts');
  process.exitCode = await main(argv);
  // What cron runs has called most of the program.
  if (argv[2] === 'sync') code.keep();
}
