import { invalid } from './answers.ts';
import { optionalFields } from './deals.ts';
import type { Person } from './items.ts';
import { v1Time } from './times.ts';
import { userOf, type World } from './world.ts';

/** What the API shows of a person: the contact-sync keys only where the company has them. */
export function showPerson(world: World, person: Person, query = new URLSearchParams()): object {
  return personView(world, query)(person);
}

/** The same for many, whose lists are long: what is alike for all is looked up once. */
export function personView(world: World, query: URLSearchParams): (person: Person) => object {
  const codes = shownCodes(world, query.get('custom_fields')?.split(','));
  const optional = query.get('include_fields');
  return (person) => ({
    ...(world.company.contactSync ? unmerged(person) : withoutContactSync(person)),
    ...included(world, person, optional),
    custom_fields: Object.fromEntries(
      codes.map((code) => [code, person.custom_fields[code] ?? null]),
    ),
  });
}

function unmerged({ mergedInto: _merged, ...shown }: Person): object {
  return shown;
}

/** Without the `contactSyncKeys`. */
function withoutContactSync(person: Person): object {
  const {
    mergedInto: _merged,
    im: _im,
    notes: _notes,
    birthday: _birthday,
    job_title: _jobTitle,
    postal_address: _address,
    ...shown
  } = person;
  return shown;
}

function shownCodes({ fields }: World, asked?: readonly string[]): readonly string[] {
  const codes = fields.filter((field) => field.is_custom_field).map((field) => field.field_code);
  return asked === undefined ? codes : codes.filter((code) => asked.includes(code));
}

function included(world: World, person: Person, asked: string | null): object {
  if (asked === null || asked === '') return {};
  const optional = optionalFields(world.deals, person.id);
  return Object.fromEntries(
    asked.split(',').map((name) => {
      if (!Object.hasOwn(optional, name)) throw invalid(`"include_fields" does not know ${name}`);
      return [name, optional[name]];
    }),
  );
}

/** v1's shape, which only the merge still answers with. */
export function showPersonV1(world: World, person: Person): object {
  const { id, name, first_name, last_name, owner_id, org_id, label_ids, emails, phones } = person;
  const organization = org_id === null ? undefined : world.organizations.get(org_id);
  return {
    id,
    company_id: world.company.id,
    owner_id,
    org_id,
    name,
    first_name,
    last_name,
    ...optionalFields(world.deals, id),
    active_flag: !person.is_deleted,
    phone: phones,
    email: emails,
    first_char: name.slice(0, 1).toLowerCase(),
    add_time: v1Time(person.add_time),
    update_time: v1Time(person.update_time),
    visible_to: String(person.visible_to),
    picture_id: null,
    label: label_ids[0] ?? null,
    label_ids,
    org_name: organization?.name ?? null,
    owner_name: userOf(world, owner_id)?.name ?? '',
    cc_email: null,
    next_activity_date: null,
    next_activity_time: null,
    last_activity_date: null,
  };
}
