import type { Behaviour } from './behaviour.ts';
import type { ContactInput } from './contact-input.ts';
import type { Properties } from './properties.ts';

interface Making {
  readonly behaviour: Pick<Behaviour, 'displayName'>;
  readonly before?: Properties;
}

/**
 * The names that the service makes: "later updates to other properties may cause an automatically
 * generated value to overwrite the displayName value you have specified" (documented). `fileAs` is
 * made anew where a part of the name is another one than `before`.
 */
export function withMadeNames(
  properties: Properties,
  { values }: Pick<ContactInput, 'values'>,
  { behaviour, before = {} }: Making,
): Properties {
  const sent = Object.keys(values);
  const rewritten = behaviour.displayName === 'rewritten' && sent.length > 0;
  const stale =
    (rewritten && !sent.includes('displayName')) || properties.displayName === undefined;
  const displayName = stale ? madeName(properties) : undefined;
  const named = { ...properties, ...(displayName === undefined ? {} : { displayName }) };
  const changed = NAME_PARTS.some((part) => sent.includes(part) && named[part] !== before[part]);
  const renamed = changed && !sent.includes('fileAs');
  const fileAs = renamed || named.fileAs === undefined ? madeFileAs(named) : undefined;
  return { ...named, ...(fileAs === undefined ? {} : { fileAs }) };
}

const NAME_PARTS = ['givenName', 'middleName', 'surname', 'displayName'] as const;

function madeName({ givenName, middleName, surname, ...rest }: Properties): string | undefined {
  const name = [givenName, middleName, surname].filter((part) => part !== undefined).join(' ');
  return name === '' ? (rest.companyName ?? rest.emailAddresses?.[0]?.address) : name;
}

function madeFileAs({
  givenName,
  middleName,
  surname,
  displayName,
}: Properties): string | undefined {
  const given = [givenName, middleName].filter((part) => part !== undefined).join(' ');
  if (surname === undefined || given === '') return displayName;
  return `${surname}, ${given}`;
}
