import type { Contact } from '../../contact/contact.ts';
import type { SandboxContact } from '../seed-contact.ts';
import { parseBirthday } from './birthday.ts';
import type { Card } from './card.ts';
import { firstText, named } from './card.ts';
import { extrasOf, organizationsOf } from './extras.ts';
import { addressesOf, emailsOf, imsOf, phonesOf } from './entries.ts';
import { nameOf } from './name.ts';
import { photoOf } from './photo.ts';
import { list, param, text } from './property.ts';
import { present } from './text.ts';

export function toSandboxContact(card: Card): SandboxContact {
  const groups = groupsOf(card);
  return present<SandboxContact>({
    contact: contactOf(card),
    groups: groups.length === 0 ? undefined : groups,
    photo: named(card, 'PHOTO')
      .map(photoOf)
      .find((photo) => photo !== undefined),
    extras: extrasOf(card),
    uid: firstText(card, 'UID'),
  });
}

function contactOf(card: Card): Contact {
  const emails = emailsOf(card);
  const phones = phonesOf(card);
  const organization = organizationOf(card);
  const others = [organization ?? '', ...[...emails, ...phones].map(({ value }) => value)];
  return present<Contact>({
    name: nameOf(card, others),
    emails,
    phones,
    ims: imsOf(card),
    addresses: addressesOf(card),
    organization,
    jobTitle: firstText(card, 'TITLE'),
    notes: notesOf(card),
    birthday: birthdayOf(card),
  });
}

/** The company without its departments. A card that is itself a company's may have it as its name only. */
function organizationOf(card: Card): string | undefined {
  const [first] = organizationsOf(card);
  return first?.name ?? (isCompany(card) ? firstText(card, 'FN') : undefined);
}

function isCompany(card: Card): boolean {
  return (
    /^org$/i.test(firstText(card, 'KIND') ?? '') ||
    /^company$/i.test(firstText(card, 'X-ABSHOWAS') ?? '')
  );
}

function notesOf(card: Card): string | undefined {
  const notes = named(card, 'NOTE')
    .map(text)
    .filter((note) => note.trim() !== '');
  return notes.length === 0 ? undefined : notes.join('\n');
}

function birthdayOf(card: Card): Contact['birthday'] {
  return named(card, 'BDAY')
    .map((property) => parseBirthday(text(property), param(property, 'X-APPLE-OMIT-YEAR')[0]))
    .find((birthday) => birthday !== undefined);
}

/** Google writes its whole address book as a group. */
function groupsOf(card: Card): readonly string[] {
  const groups = named(card, 'CATEGORIES')
    .flatMap(list)
    .map((group) => group.trim())
    .filter((group) => group !== '' && !/^(?:\* ?)?my ?contacts$/i.test(group));
  return [...new Set(groups)];
}
