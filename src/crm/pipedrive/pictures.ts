import { randomUUID } from 'node:crypto';
import type { imageSize } from 'image-size';
import type { Api } from '../../http/api.ts';
import { Moved, Rejected } from '../../sync/errors.ts';
import type { PhotoTarget } from '../../sync/ports.ts';
import { send, writtenOf } from './call.ts';
import { COSTS } from './limits.ts';

/*
 * Source: https://developers.pipedrive.com/docs/api/v1/Persons, "Add person picture": GIF, JPG or
 * PNG; the picture, or the crop of it, is square and at least 128 pixels wide.
 */
const SHORTEST_SIDE = 128;
const TYPES: ReadonlyMap<string, string> = new Map([
  ['gif', 'image/gif'],
  ['jpg', 'image/jpeg'],
  ['png', 'image/png'],
]);
/** Not published; larger ones are not worth the try. */
const MOST_BYTES = 1024 * 1024;

export function pipedrivePictures(api: Api): PhotoTarget {
  return {
    async put(id, bytes, signal) {
      const picture = await inspected(bytes);
      const boundary = `contactsync-${randomUUID()}`;
      const answer = await send(api, {
        method: 'POST',
        path: `/api/v1/persons/${encodeURIComponent(id)}/picture`,
        headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
        body: form(bytes, picture, boundary),
        cost: COSTS.picture,
        // It replaces the picture that is there: the second time does nothing more.
        repeatable: true,
        signal,
      });
      if (answer.status === 404 || answer.status === 410) {
        throw new Moved('The person is no longer there.');
      }
      writtenOf(answer);
    },

    async remove(id, signal) {
      const answer = await send(api, {
        method: 'DELETE',
        path: `/api/v1/persons/${encodeURIComponent(id)}/picture`,
        cost: COSTS.pictureRemoval,
        repeatable: true,
        signal,
      });
      if (answer.status !== 404 && answer.status !== 410) writtenOf(answer);
    },
  };
}

interface Picture {
  readonly extension: string;
  readonly mediaType: string;
  readonly width: number;
  readonly height: number;
}

async function inspected(bytes: Uint8Array): Promise<Picture> {
  if (bytes.byteLength > MOST_BYTES) throw new Rejected('The picture is larger than 1 MB.');
  const { width, height, type: extension = '' } = await sizeOf(bytes);
  const mediaType = TYPES.get(extension);
  if (mediaType === undefined) throw new Rejected('The picture is no GIF, JPG or PNG.');
  if (Math.min(width, height) < SHORTEST_SIDE) {
    throw new Rejected(`The picture is smaller than ${SHORTEST_SIDE} pixels.`);
  }
  return { extension, mediaType, width, height };
}

async function sizeOf(bytes: Uint8Array): Promise<ReturnType<typeof imageSize>> {
  const reader = await import('image-size');
  try {
    return reader.imageSize(bytes);
  } catch (error) {
    throw new Rejected('The picture cannot be read.', { cause: error });
  }
}

function form(bytes: Uint8Array, picture: Picture, boundary: string): Uint8Array {
  const parts = Object.entries(crop(picture)).map(
    ([name, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const head =
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; ` +
    `filename="photo.${picture.extension}"\r\nContent-Type: ${picture.mediaType}\r\n\r\n`;
  return Buffer.concat([
    Buffer.from(parts.join('') + head),
    bytes,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
}

/** The largest square in the middle; nothing for a picture that is square. */
function crop({ width, height }: Picture): Readonly<Record<string, number>> {
  if (width === height) return {};
  const side = Math.min(width, height);
  return {
    crop_x: Math.floor((width - side) / 2),
    crop_y: Math.floor((height - side) / 2),
    crop_width: side,
    crop_height: side,
  };
}
