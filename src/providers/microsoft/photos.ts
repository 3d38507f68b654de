import { HttpFailure } from '../../http/api.ts';
import { Rejected } from '../../sync/errors.ts';
import { errorOf, thrown } from './errors.ts';
import { cost, PICTURE_BYTES } from './limits.ts';
import { isSuccess, type Mailbox, replyOf, VERSION } from './mailbox.ts';
import { photoPath } from './photo-ref.ts';
import { IMMUTABLE_IDS } from './wire.ts';

/** A picture's bytes; `undefined` where there is none (any more), or where this account has none at all. */
export async function fetchPhoto(
  { api, gate }: Mailbox,
  ref: string,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const answer = await gate.through(1, signal, async () => {
    try {
      return await api.send({
        method: 'GET',
        path: `${VERSION}${photoPath(ref)}`,
        headers: { prefer: IMMUTABLE_IDS, accept: 'image/*' },
        cost: cost(1),
        maxBytes: PICTURE_BYTES,
        signal,
      });
    } catch (error) {
      if (error instanceof HttpFailure && error.kind === 'too-large') {
        throw new Rejected('The picture is larger than 4 MB.', { cause: error });
      }
      throw thrown(error);
    }
  });
  // Personal accounts have been told off for asking, in several ways (seen in the wild).
  if ([400, 404, 405, 501].includes(answer.status)) return undefined;
  if (!isSuccess(answer)) throw errorOf(replyOf(answer));
  return answer.bytes.length === 0 ? undefined : answer.bytes;
}
