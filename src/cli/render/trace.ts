import { redact } from '../../http/redact.ts';
import { neutralise } from '../neutralise.ts';
import { CAUSED_BY } from '../texts/errors.ts';

/** Where an error came from, for `--verbose`: its stack and its causes', without secrets. */
export function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const [first = '', ...calls] = redact(error.stack ?? error.message).split('\n');
  const lines = [neutralise(first), ...calls.map((line) => `    ${neutralise(line)}`)];
  const cause = error.cause === undefined ? '' : traceOf(error.cause);
  return cause === '' ? lines.join('\n') : `${lines.join('\n')}\n${CAUSED_BY} ${cause}`;
}
