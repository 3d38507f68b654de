import type { Api } from '../../http/api.ts';
import { HttpFailure } from '../../http/api.ts';
import { Rejected, Unreachable } from '../../sync/errors.ts';
import { isSuccess } from './ask.ts';
import { thrown } from './errors.ts';
import { COST } from './limits.ts';

const MAX_BYTES = 5 * 1024 * 1024;

/**
 * A picture's bytes; `undefined` when the address leads nowhere any more. The addresses are
 * public: the sign-in never leaves for the host they name.
 */
export async function fetchPhoto(
  api: Api,
  ref: string,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const answer = await api
    .send({
      method: 'GET',
      path: ref,
      anonymous: true,
      cost: COST.nothing,
      maxBytes: MAX_BYTES,
      signal,
    })
    .catch((error: unknown) => {
      if (error instanceof HttpFailure && error.kind === 'too-large') {
        throw new Rejected('The picture is larger than 5 MB.', { cause: error });
      }
      throw thrown(error);
    });
  // The addresses are signed for a while: one that is refused is as gone as one not found.
  if ([403, 404, 410].includes(answer.status)) return undefined;
  if (isSuccess(answer)) return answer.bytes;
  throw new Unreachable(`Google’s picture server answered with HTTP ${answer.status}.`);
}
