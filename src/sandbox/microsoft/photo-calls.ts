import type { ProfilePhoto } from '@microsoft/microsoft-graph-types';
import { createHash } from 'node:crypto';
import { imageSize } from 'image-size';
import type { SandboxAnswer } from '../core.ts';
import type { SandboxPhoto } from '../seed-contact.ts';
import { contextOf, found } from './answers.ts';
import { contactOf } from './contact-calls.ts';
import { GraphFailure, badRequest, itemNotFound } from './errors.ts';
import type { Call, MicrosoftWorld } from './world.ts';

/** "Less than 4 MB" (documented). */
const MOST_BYTES = 4 * 1024 * 1024;

type PhotoView = ProfilePhoto & Readonly<Record<`@odata.${string}`, string>>;

/** Both are documented as "no photo": a 404, and a picture of one pixel without an etag. */
const PIXEL: PhotoView = {
  '@odata.mediaContentType': 'image/gif',
  '@odata.mediaEtag': '',
  id: '1X1',
  width: 1,
  height: 1,
};

/** `GET …/photo`: what the picture is like. */
export function describePhoto(world: MicrosoftWorld, call: Call): SandboxAnswer {
  const { photo } = contactOf(world, call);
  if (photo === undefined && world.behaviour.noPhoto === 'not-found') throw photoNotFound();
  const context = { '@odata.context': contextOf(call, 'contacts/photo/$entity') };
  return found({ ...context, ...(photo === undefined ? PIXEL : photoView(photo)) });
}

/** `GET …/photo/$value` */
export function getPhoto(world: MicrosoftWorld, call: Call): SandboxAnswer {
  const { photo } = contactOf(world, call);
  if (photo === undefined) throw photoNotFound();
  return {
    status: 200,
    headers: { 'content-type': photo.type, etag: etagOf(photo) },
    body: photo.bytes,
  };
}

/** `PUT …/photo/$value`; PATCH does the same. */
export function putPhoto(world: MicrosoftWorld, call: Call): SandboxAnswer {
  const contact = contactOf(world, call);
  const sent = photoIn(call);
  const photo = world.behaviour.photoReencoded ? reencoded(sent) : sent;
  world.contacts.setPhoto(contact, photo, world.behaviour.photoTouches);
  return { status: 200 };
}

/** `DELETE …/photo/$value`: "not supported" for contacts (documented), yet on the list of paths. */
export function deletePhoto(world: MicrosoftWorld, call: Call): SandboxAnswer {
  const contact = contactOf(world, call);
  if (world.behaviour.photoDelete === 'refused') {
    throw new GraphFailure(405, 'ErrorInvalidRequest', 'The OData request is not supported.');
  }
  if (contact.photo === undefined) throw itemNotFound();
  world.contacts.setPhoto(contact, undefined, world.behaviour.photoTouches);
  return { status: 204 };
}

function photoView(photo: SandboxPhoto): PhotoView {
  const { width, height } = sizeOf(photo.bytes);
  return {
    '@odata.mediaContentType': photo.type,
    '@odata.mediaEtag': etagOf(photo),
    id: `${width}X${height}`,
    width,
    height,
  };
}

function sizeOf(bytes: Uint8Array): { readonly width: number; readonly height: number } {
  try {
    return imageSize(bytes);
  } catch {
    return { width: 240, height: 240 };
  }
}

function etagOf({ bytes }: SandboxPhoto): string {
  return `"${createHash('sha256').update(bytes).digest('hex').slice(0, 8).toUpperCase()}"`;
}

function photoIn({ request }: Call): SandboxPhoto {
  const bytes = request.body;
  if (bytes.length >= MOST_BYTES) {
    throw new GraphFailure(413, 'RequestEntityTooLarge', 'The maximum request length exceeded.');
  }
  const start = Buffer.from(bytes.subarray(0, 4)).toString('hex');
  if (start.startsWith('ffd8ff')) return { bytes, type: 'image/jpeg' };
  if (start === '89504e47') return { bytes, type: 'image/png' };
  throw badRequest('The image is not in a supported format.', 'ErrorInvalidImage');
}

/** The same picture with an empty comment after the start of the JPEG. */
function reencoded({ bytes, type }: SandboxPhoto): SandboxPhoto {
  if (type !== 'image/jpeg') return { bytes, type };
  const comment = Buffer.from('fffe0002', 'hex');
  return { type, bytes: Buffer.concat([bytes.subarray(0, 2), comment, bytes.subarray(2)]) };
}

function photoNotFound(): GraphFailure {
  return new GraphFailure(404, 'ErrorItemNotFound', "The photo wasn't found.");
}
