import type { ConvertIdResult, User } from '@microsoft/microsoft-graph-types';
import { isRecord } from '../core.ts';
import type { SandboxAnswer } from '../core.ts';
import { accountOf } from './accounts.ts';
import { found } from './answers.ts';
import { badRequest } from './errors.ts';
import type { Call, MicrosoftWorld } from './world.ts';

const MOST_IDS = 1000;

/** `GET /me` */
export function getMe(_: MicrosoftWorld, { request, grant }: Call): SandboxAnswer {
  const { id, displayName, givenName, surname, email, kind } = accountOf(grant.email);
  const user: User = {
    businessPhones: [],
    displayName,
    givenName,
    jobTitle: null,
    mail: email,
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: kind === 'work' ? 'en-US' : null,
    surname,
    userPrincipalName: email,
    id,
  };
  const selected = request.query.get('$select')?.split(',');
  const entries = Object.entries(user).filter(([name]) => selected?.includes(name) ?? true);
  return found({
    '@odata.context': `${request.origin}/v1.0/$metadata#users/$entity`,
    ...Object.fromEntries(entries),
  });
}

/** `POST /me/translateExchangeIds`, between the two formats that REST knows. */
export function translateIds(world: MicrosoftWorld, { request }: Call): SandboxAnswer {
  const body = request.json();
  const { inputIds, sourceIdType, targetIdType } = isRecord(body) ? body : {};
  if (!Array.isArray(inputIds) || inputIds.length > MOST_IDS || typeof sourceIdType !== 'string') {
    throw badRequest('The parameters of translateExchangeIds are invalid.');
  }
  const value = inputIds.map((id: unknown) => translated(world, String(id), targetIdType));
  return found({
    '@odata.context': `${request.origin}/v1.0/$metadata#Collection(microsoft.graph.convertIdResult)`,
    value,
  });
}

function translated(world: MicrosoftWorld, sourceId: string, target: unknown): ConvertIdResult {
  const contact = world.contacts.find(sourceId);
  if (contact === undefined) {
    const errorDetails = { code: 'ErrorInvalidIdMalformed', message: 'Id is malformed.' };
    return { sourceId, errorDetails };
  }
  const targetId = target === 'restImmutableEntryId' ? contact.immutableId : contact.id;
  return { sourceId, targetId };
}
