import { contactPath } from './wire.ts';

/**
 * Where a contact's picture is, and in which state of the contact: a picture has no name or etag
 * of its own in a contact, so that it is looked at again when the contact has moved.
 */
export function photoRef(id: string, changeKey: string): string {
  return `${contactPath(id)}/photo/$value#${changeKey}`;
}

export function photoPath(ref: string): string {
  return ref.slice(0, ref.lastIndexOf('#'));
}
