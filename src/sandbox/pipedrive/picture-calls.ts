import { createHash } from 'node:crypto';
import { imageSize } from 'image-size';
import type { SandboxAnswer, SandboxRequest } from '../core.ts';
import { notFound, ok, refusal } from './answers.ts';
import { amendPerson, writePerson, type Actor } from './changes.ts';
import { readMultipart, type Part } from './multipart.ts';
import { personIn } from './person-calls.ts';
import { byApi, readsContacts, writesContacts, type Call, type Route } from './routes.ts';
import { wireTime } from './times.ts';
import type { Picture, World } from './world.ts';

const PREFIX = '/pipedrive-pictures/';
const SMALLEST = 128;
const TYPES: readonly (string | undefined)[] = ['png', 'jpg', 'gif'];

export function pictureRoutes(world: World): readonly Route[] {
  const v1 = /^\/api\/v1\/persons\/([^/]+)\/picture$/u;
  return [
    {
      method: 'POST',
      path: v1,
      cost: 10,
      scopes: writesContacts,
      handle: (call) => upload(world, call),
    },
    {
      method: 'DELETE',
      path: v1,
      cost: 6,
      scopes: writesContacts,
      handle: (call) => remove(world, call),
    },
    {
      method: 'GET',
      path: /^\/api\/v2\/persons\/([^/]+)\/picture$/u,
      cost: 1,
      scopes: readsContacts,
      handle: (call) => ok(show(pictureOf(world, call), call.request.origin)),
    },
  ];
}

/** The picture's bytes, for whoever has its address. */
export function servePicture(world: World, { path }: SandboxRequest): SandboxAnswer | undefined {
  if (!path.startsWith(PREFIX)) return undefined;
  const picture = world.pictures.get(Number.parseInt(path.slice(PREFIX.length), 10));
  if (picture === undefined) return { status: 404 };
  return { status: 200, headers: { 'content-type': picture.type }, body: picture.bytes };
}

function upload(world: World, call: Call): SandboxAnswer {
  const person = personIn(world, call);
  const { headers, body, origin } = call.request;
  const parts = readMultipart(headers['content-type'] ?? '', body);
  const file = parts.find(({ name }) => name === 'file');
  if (file === undefined) throw refusal(400, 'File is missing.');
  checkShape(file, parts);
  const picture = keepPicture(world, byApi(call), person.id, file);
  return ok(show(picture, origin));
}

export function keepPicture(
  world: World,
  actor: Actor,
  personId: number,
  { bytes, type }: Pick<Part, 'bytes' | 'type'>,
): Picture {
  const id = world.pictures.size + 1;
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  const picture: Picture = {
    id,
    personId,
    userId: actor.user.id,
    active: true,
    addedAt: world.clock.now(),
    hash,
    type,
    bytes,
  };
  world.pictures.set(id, picture);
  const { pictureTouches } = world.behaviour;
  const write = pictureTouches ? writePerson : amendPerson;
  write(world, actor, personId, { picture_id: id });
  return picture;
}

/** The image, or the crop that is asked for, must be square and large enough. */
function checkShape({ bytes }: Part, parts: readonly Part[]): void {
  const size = sizeOf(bytes);
  if (size === undefined || !TYPES.includes(size.type))
    throw refusal(400, 'Unsupported image type.');
  const [x, y, cropWidth, cropHeight] = ['crop_x', 'crop_y', 'crop_width', 'crop_height'].map(
    (name) => numberIn(parts, name),
  );
  const [width, height] = [cropWidth ?? size.width, cropHeight ?? size.height];
  const inside = (x ?? 0) + width <= size.width && (y ?? 0) + height <= size.height;
  if (width !== height || width < SMALLEST || !inside) {
    throw refusal(400, `The picture must be square and at least ${SMALLEST} pixels wide.`);
  }
}

function sizeOf(bytes: Uint8Array): ReturnType<typeof imageSize> | undefined {
  try {
    return imageSize(bytes);
  } catch {
    return undefined;
  }
}

function numberIn(parts: readonly Part[], name: string): number | undefined {
  const part = parts.find((one) => one.name === name);
  return part === undefined ? undefined : Number(new TextDecoder().decode(part.bytes));
}

function pictureOf(world: World, call: Call): Picture {
  const { picture_id } = personIn(world, call);
  const picture = picture_id === null ? undefined : world.pictures.get(picture_id);
  if (picture === undefined) throw notFound('Picture');
  return picture;
}

function remove(world: World, call: Call): SandboxAnswer {
  const picture = pictureOf(world, call);
  dropPicture(world, byApi(call), picture);
  return ok({ id: picture.id });
}

export function dropPicture(world: World, actor: Actor, picture: Picture): void {
  if (world.behaviour.deletedPicture === 'cleared') {
    writePerson(world, actor, picture.personId, { picture_id: null });
  } else {
    world.pictures.set(picture.id, { ...picture, active: false });
  }
}

function show({ id, personId, userId, active, addedAt, bytes }: Picture, origin: string): object {
  const address = `${origin}${PREFIX}${id}`;
  return {
    id,
    item_type: 'person',
    item_id: personId,
    active_flag: active,
    add_time: wireTime(addedAt),
    update_time: null,
    added_by_user_id: userId,
    file_size: bytes.length,
    pictures: { 128: `${address}_128.jpg`, 512: `${address}_512.jpg` },
  };
}
