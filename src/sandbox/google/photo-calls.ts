import { deflateSync, crc32 } from 'node:zlib';
import type { people_v1 } from 'googleapis/build/src/apis/people/v1.js';
import { isRecord } from '../core.ts';
import type { SandboxAnswer, SandboxRequest } from '../core.ts';
import type { SandboxPhoto } from '../seed-contact.ts';
import type { StoredContact } from './address-book.ts';
import { lookOfBody } from './call.ts';
import { invalidArgument, notFound } from './errors.ts';
import { ok } from './people-calls.ts';
import { personView } from './person-view.ts';
import type { PersonLook } from './person-view.ts';
import type { Call, GoogleWorld } from './world.ts';

/** `people.updateContactPhoto` */
export function updateContactPhoto(world: GoogleWorld, call: Call): SandboxAnswer {
  const contact = existing(world, call);
  const body = call.request.json();
  if (!isRecord(body) || typeof body['photoBytes'] !== 'string') throw invalidArgument();
  const photo = readPhoto(Buffer.from(body['photoBytes'], 'base64'));
  const asked = {
    parameter: 'personFields',
    mask: body['personFields'],
    sources: body['sources'],
  };
  const look = lookOfBody(world, call, asked);
  const changed = world.contacts.change(contact, { photo });
  return ok(photoAnswer(changed, look));
}

/** `people.deleteContactPhoto` */
export function deleteContactPhoto(world: GoogleWorld, call: Call): SandboxAnswer {
  const contact = existing(world, call);
  if (contact.photo === undefined) throw notFound();
  const { query } = call.request;
  const asked = {
    parameter: 'personFields',
    mask: query.get('personFields'),
    sources: query.getAll('sources'),
  };
  const look = lookOfBody(world, call, asked);
  const changed = world.contacts.change(contact, { photo: null });
  return ok(photoAnswer(changed, look));
}

/** The pictures' own host: no sign-in, any size suffix such as `=s0` (we never rescale). */
export function servePhoto(world: GoogleWorld, request: SandboxRequest): SandboxAnswer {
  const [, id = '', version = ''] =
    /^\/photos\/(?:contacts|a)\/([^/]+)\/([^/=]+)(?:=.*)?$/u.exec(request.path) ?? [];
  if (version === 'default' || version === 'profile') return image(monogram(id));
  const photo = world.contacts.photo(id, version);
  return photo === undefined ? { status: 404, body: 'Not Found' } : image(photo);
}

/** JPEG or PNG (documented); by the first bytes. */
function readPhoto(bytes: Uint8Array): SandboxPhoto {
  const start = Buffer.from(bytes.subarray(0, 4)).toString('hex');
  if (start.startsWith('ffd8ff')) return { bytes, type: 'image/jpeg' };
  if (start === '89504e47') return { bytes, type: 'image/png' };
  throw invalidArgument();
}

/** "If the mask is empty, no person comes back" (documented). */
function photoAnswer(
  contact: StoredContact,
  look: PersonLook,
): people_v1.Schema$UpdateContactPhotoResponse {
  return look.mask.size > 0 ? { person: personView(contact, look) } : {};
}

function existing(world: GoogleWorld, call: Call): StoredContact {
  const contact = world.contacts.find(`people/${call.id}`);
  if (contact === undefined) throw notFound();
  return contact;
}

function image({ bytes, type }: SandboxPhoto): SandboxAnswer {
  return { status: 200, headers: { 'content-type': type }, body: bytes };
}

/** A square of one colour, where Google draws a letter. */
function monogram(id: string): SandboxPhoto {
  const side = 96;
  const colour = [...Buffer.from(id).subarray(0, 3)].map((byte) => (byte * 7) % 256);
  const row = [0, ...Array.from({ length: side }, () => colour).flat()];
  const pixels = Buffer.from(Array.from({ length: side }, () => row).flat());
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2], 8);
  const bytes = Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return { bytes, type: 'image/png' };
}

function chunk(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}
