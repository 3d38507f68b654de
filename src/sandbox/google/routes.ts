import type { SandboxAnswer } from '../core.ts';
import {
  batchGetGroups,
  createGroup,
  deleteGroup,
  getGroup,
  listGroups,
  modifyMembers,
  updateGroup,
} from './group-calls.ts';
import { batchGetPeople, getPerson, listConnections } from './people-calls.ts';
import {
  batchCreateContacts,
  batchDeleteContacts,
  batchUpdateContacts,
  createContact,
  deleteContact,
  updateContact,
} from './people-writes.ts';
import { deleteContactPhoto, updateContactPhoto } from './photo-calls.ts';
import type { Cost } from './quota.ts';
import type { Call, GoogleWorld } from './world.ts';

export interface Route {
  readonly method: string;
  /** Its one group is what the path names. */
  readonly path: RegExp;
  /** Parameters of the query; any other is refused, as Google does. */
  readonly query: readonly string[];
  readonly cost: Cost;
  readonly answer: (world: GoogleWorld, call: Call) => SandboxAnswer;
}

const PERSON_LOOK = ['personFields', 'sources', 'requestMask.includeField'];
const READ: Cost = { criticalRead: 1 };
const SINGLE: Cost = { criticalRead: 1, criticalWrite: 1, dailyWrite: 1 };
/** Charged whatever the size (documented). */
const BATCH: Cost = { criticalRead: 6, criticalWrite: 6, dailyWrite: 200 };

export const ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: /^\/v1\/people\/([^/:]+)\/connections$/u,
    query: [...PERSON_LOOK, 'pageSize', 'pageToken', 'requestSyncToken', 'sortOrder', 'syncToken'],
    cost: READ,
    answer: listConnections,
  },
  {
    method: 'GET',
    path: /^\/v1\/people:batchGet$/u,
    query: [...PERSON_LOOK, 'resourceNames'],
    cost: READ,
    answer: batchGetPeople,
  },
  {
    method: 'GET',
    path: /^\/v1\/people\/([^/:]+)$/u,
    query: PERSON_LOOK,
    cost: READ,
    answer: getPerson,
  },
  {
    method: 'POST',
    path: /^\/v1\/people:createContact$/u,
    query: ['personFields', 'sources'],
    cost: SINGLE,
    answer: createContact,
  },
  {
    method: 'PATCH',
    path: /^\/v1\/people\/([^/:]+):updateContact$/u,
    query: ['personFields', 'sources', 'updatePersonFields'],
    cost: SINGLE,
    answer: updateContact,
  },
  {
    method: 'DELETE',
    path: /^\/v1\/people\/([^/:]+):deleteContact$/u,
    query: [],
    cost: { write: 1 },
    answer: deleteContact,
  },
  {
    method: 'POST',
    path: /^\/v1\/people:batchCreateContacts$/u,
    query: [],
    cost: BATCH,
    answer: batchCreateContacts,
  },
  {
    method: 'POST',
    path: /^\/v1\/people:batchUpdateContacts$/u,
    query: [],
    cost: BATCH,
    answer: batchUpdateContacts,
  },
  {
    method: 'POST',
    path: /^\/v1\/people:batchDeleteContacts$/u,
    query: [],
    cost: { write: 10 },
    answer: batchDeleteContacts,
  },
  {
    method: 'PATCH',
    path: /^\/v1\/people\/([^/:]+):updateContactPhoto$/u,
    query: [],
    cost: { photoWrite: 1 },
    answer: updateContactPhoto,
  },
  {
    method: 'DELETE',
    path: /^\/v1\/people\/([^/:]+):deleteContactPhoto$/u,
    query: ['personFields', 'sources'],
    cost: { photoWrite: 1 },
    answer: deleteContactPhoto,
  },
  {
    method: 'GET',
    path: /^\/v1\/contactGroups$/u,
    query: ['groupFields', 'pageSize', 'pageToken', 'syncToken'],
    cost: { groupRead: 1 },
    answer: listGroups,
  },
  {
    method: 'GET',
    path: /^\/v1\/contactGroups:batchGet$/u,
    query: ['groupFields', 'maxMembers', 'resourceNames'],
    cost: { groupRead: 1 },
    answer: batchGetGroups,
  },
  {
    method: 'GET',
    path: /^\/v1\/contactGroups\/([^/:]+)$/u,
    query: ['groupFields', 'maxMembers'],
    cost: { groupRead: 1 },
    answer: getGroup,
  },
  {
    method: 'POST',
    path: /^\/v1\/contactGroups$/u,
    query: [],
    cost: { write: 1 },
    answer: createGroup,
  },
  {
    method: 'PUT',
    path: /^\/v1\/contactGroups\/([^/:]+)$/u,
    query: [],
    cost: { write: 1 },
    answer: updateGroup,
  },
  {
    method: 'DELETE',
    path: /^\/v1\/contactGroups\/([^/:]+)$/u,
    query: ['deleteContacts'],
    cost: { write: 1 },
    answer: deleteGroup,
  },
  {
    method: 'POST',
    path: /^\/v1\/contactGroups\/([^/:]+)\/members:modify$/u,
    query: [],
    cost: { write: 1 },
    answer: modifyMembers,
  },
];
