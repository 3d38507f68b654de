import { FIELDS, type FieldName } from '../contact/contact.ts';

export function isField(text: string): text is FieldName {
  return (FIELDS as readonly string[]).includes(text);
}
