import { controlHands } from '../control-hands.ts';
import {
  BadJson,
  type SandboxAnswer,
  type SandboxRequest,
  type SandboxSeed,
  type VendorSandbox,
} from '../core.ts';
import { invalid, Refusal, scopeMismatch, unauthorized } from './answers.ts';
import { behaviourSchema } from './behaviour.ts';
import { checked } from './answers.ts';
import { createBudget, type Budget, type Caller } from './budget.ts';
import type { Field } from './fields.ts';
import { fieldRoutes } from './field-calls.ts';
import { changelogRoutes } from './changelog-calls.ts';
import { createHands, type Hands } from './hands.ts';
import type { Organization, Person } from './items.ts';
import { createOAuth, PIPEDRIVE_CLIENT, type PipedriveOAuth } from './oauth.ts';
import { mergeRoutes } from './merges.ts';
import { optionRoutes } from './option-calls.ts';
import { organizationRoutes } from './organization-calls.ts';
import { personRoutes } from './person-calls.ts';
import { pictureRoutes, servePicture } from './picture-calls.ts';
import type { Route } from './routes.ts';
import { searchRoutes } from './search-calls.ts';
import { userRoutes } from './user-calls.ts';
import type { User } from './users.ts';
import type { Plan } from './visibility.ts';
import { createWorld, type World } from './world.ts';

export interface PipedriveSandboxOptions {
  readonly plan: Plan;
  /** Whether anybody has ever used Pipedrive's own contact sync, which makes five fields. Default: no. */
  readonly contactSyncFields?: boolean;
  readonly enforceLimits?: boolean;
  readonly autoConsent?: boolean;
}

/** A Pipedrive company with two users, and the hands of whoever uses its web application. */
export interface PipedriveSandbox
  extends VendorSandbox, Hands, Pick<PipedriveOAuth, 'revokeGrants' | 'expireAccessTokens'> {
  readonly vendor: 'pipedrive';
  readonly clientId: string;
  readonly clientSecret: string;
  /** Our user's personal token, and the colleague's. */
  readonly token: string;
  readonly secondToken: string;
  readonly users: readonly User[];
  /** What is there: deleted records are not. */
  persons(): readonly Person[];
  organizations(): readonly Organization[];
  fields(): readonly Field[];
  /** Today. */
  tokensSpent(): number;
  /** Since the start, whatever day it was. */
  tokensCharged(): number;
  setDailyTokens(tokens: number): void;
}

export function createPipedriveSandbox(
  seed: SandboxSeed,
  options: PipedriveSandboxOptions,
): PipedriveSandbox {
  const { plan, contactSyncFields: contactSync = false, enforceLimits, autoConsent } = options;
  const behaviour = checked(behaviourSchema, { enforceLimits, autoConsent });
  const world = createWorld(seed, { plan, behaviour, contactSync });
  const budget = createBudget(world);
  const oauth = createOAuth(world);
  const hands = createHands(world);
  populate(world, hands);
  const routes = [
    // The most particular paths first: /persons/search is no id.
    ...searchRoutes(world),
    ...personRoutes(world),
    ...mergeRoutes(world),
    ...changelogRoutes(world),
    ...organizationRoutes(world),
    ...fieldRoutes(world),
    ...optionRoutes(world),
    ...userRoutes(world),
    ...pictureRoutes(world),
  ];
  const tokenOf = (at: number): string => world.users[at]?.token ?? '';
  return {
    ...hands,
    vendor: 'pipedrive',
    handle: (request) => answer({ world, budget, oauth, routes }, request),
    control: (action, body) =>
      controlHands(
        {
          ...hands,
          setDailyTokens: (tokens: number) => budget.setDailyTokens(tokens),
          revokeGrants: () => oauth.revokeGrants(),
          expireAccessTokens: () => oauth.expireAccessTokens(),
        },
        action,
        body,
      ),
    isWrite: ({ method, path }) => method !== 'GET' && path.startsWith('/api/'),
    clientId: PIPEDRIVE_CLIENT.id,
    clientSecret: PIPEDRIVE_CLIENT.secret,
    token: tokenOf(0),
    secondToken: tokenOf(1),
    users: world.users,
    persons: () => world.persons.all().filter(({ is_deleted }) => !is_deleted),
    organizations: () => world.organizations.all().filter(({ is_deleted }) => !is_deleted),
    fields: () => world.fields,
    tokensSpent: () => budget.spent(),
    tokensCharged: () => budget.charged(),
    setDailyTokens: (tokens) => budget.setDailyTokens(tokens),
    revokeGrants: () => oauth.revokeGrants(),
    expireAccessTokens: () => oauth.expireAccessTokens(),
  };
}

/** The colleague has people of his own: some for everybody's eyes, some not. */
function populate({ users }: World, hands: Hands): void {
  const ben = users[1]?.id;
  const organization = hands.createOrganization({ name: 'Colleague & Co' }, ben);
  hands.createPerson(
    {
      name: 'Clara Shared',
      emails: [{ value: 'clara.shared@example.org' }],
      org_id: organization.id,
    },
    ben,
  );
  hands.createPerson(
    { name: 'Henry Hidden', emails: [{ value: 'henry.hidden@example.org' }], visible_to: 1 },
    ben,
  );
}

interface Office {
  readonly world: World;
  readonly budget: Budget;
  readonly oauth: PipedriveOAuth;
  readonly routes: readonly Route[];
}

function answer(office: Office, request: SandboxRequest): SandboxAnswer | undefined {
  const signIn = office.oauth.handle(request);
  if (signIn !== undefined) return signIn;
  const picture = servePicture(office.world, request);
  if (picture !== undefined) return picture;
  if (!request.path.startsWith('/api/')) return undefined;
  office.world.persons.settle();
  office.world.organizations.settle();
  try {
    return answerSigned(office, request);
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    if (error instanceof BadJson) return invalid('the body is not valid JSON').answer;
    throw error;
  }
}

/** @throws {Refusal} */
function answerSigned(
  { world, budget, oauth, routes }: Office,
  request: SandboxRequest,
): SandboxAnswer {
  const { caller, user } = callerOf(world, oauth, request);
  const route = routes.find(
    ({ method, path }) => method === request.method && path.test(request.path),
  );
  if (route === undefined)
    return { status: 404, body: { success: false, error: 'Unknown method .' } };
  const refusal = budget.charge(caller, route.cost, route.search === true);
  const headers = { ...budget.headers(caller) };
  if (refusal !== undefined) return { ...refusal, headers: { ...headers, ...refusal.headers } };
  if (caller.kind === 'oauth' && !isInScope(world, route)) throw scopeMismatch();
  const parts = route.path.exec(request.path)?.slice(1) ?? [];
  try {
    const done = route.handle({ request, user, parts });
    return { ...done, headers: { ...headers, ...done.headers } };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ...error.answer, headers: { ...headers, ...error.answer.headers } };
  }
}

function callerOf(
  world: World,
  oauth: PipedriveOAuth,
  { headers }: SandboxRequest,
): { caller: Caller; user: User } {
  const personal = headers['x-api-token'];
  const bearer = headers['authorization']?.replace(/^Bearer /u, '');
  const user =
    personal === undefined
      ? oauth.userOf(bearer ?? '')
      : world.users.find(({ token }) => token === personal);
  if (user === undefined || !user.permissions.has('can_use_api')) throw unauthorized();
  const kind = personal === undefined ? 'oauth' : 'api-token';
  return { user, caller: { token: personal ?? bearer ?? '', kind } };
}

function isInScope({ behaviour }: World, { scopes }: Route): boolean {
  const granted = behaviour.scope.split(' ');
  return scopes.some((scope) => granted.includes(scope));
}
