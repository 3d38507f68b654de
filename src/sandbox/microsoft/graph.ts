import type { Passage, SandboxAnswer, SandboxRequest } from '../core.ts';
import { answerBatch } from './batch.ts';
import { GraphFailure, badRequest, refusing } from './errors.ts';
import type { Trace } from './errors.ts';
import type { MicrosoftOAuth } from './oauth.ts';
import { ROUTES } from './routes.ts';
import type { Throttle } from './throttle.ts';
import type { MicrosoftWorld } from './world.ts';

/** Graph as a whole: the mailbox, who may enter, and how often. */
export interface Graph {
  readonly world: MicrosoftWorld;
  readonly oauth: MicrosoftOAuth;
  readonly throttle: Throttle;
}

/** Answers any request below `/v1.0/`. @throws {ConnectionLost} by a fault inside a batch */
export function callGraph(graph: Graph, request: SandboxRequest, passage?: Passage): SandboxAnswer {
  return traced(graph, request, (trace) => {
    if (request.path !== '/v1.0/$batch') return callRoute(graph, request, request);
    if (request.method !== 'POST') throw badRequest('The OData request is not supported.');
    graph.oauth.require(request, []);
    return answerBatch(
      {
        behaviour: graph.world.behaviour,
        trace,
        answer: (inner) => traced(graph, inner, () => callRoute(graph, inner, request)),
        passage,
        refuseConcurrency: () => graph.throttle.refuseConcurrency(),
      },
      request,
    );
  });
}

function callRoute(
  { world, oauth, throttle }: Graph,
  request: SandboxRequest,
  arrived: SandboxRequest,
): SandboxAnswer {
  const matching = ROUTES.filter(({ path }) => path.test(request.path));
  const route = matching.find(({ method }) => method === request.method);
  if (route === undefined) throw noRoute(request, matching.length > 0);
  const grant = oauth.require(request, route.scopes);
  throttle.charge(arrived);
  refuseWithoutMailbox(world, request);
  const names = route.path.exec(request.path)?.groups ?? {};
  return route.answer(world, { request, grant, names });
}

function traced(
  { world }: Graph,
  request: SandboxRequest,
  call: (trace: Trace) => SandboxAnswer,
): SandboxAnswer {
  const requestId = world.mint.guid();
  const clientRequestId = request.headers['client-request-id'] ?? requestId;
  const trace = { at: world.clock.now(), requestId, clientRequestId };
  const answer = refusing(trace, () => call(trace));
  const marks = { 'request-id': requestId, 'client-request-id': clientRequestId };
  return { ...answer, headers: { ...marks, ...answer.headers } };
}

function refuseWithoutMailbox({ behaviour }: MicrosoftWorld, { path }: SandboxRequest): void {
  if (behaviour.mailbox !== 'missing' || path === '/v1.0/me') return;
  throw new GraphFailure(
    404,
    'MailboxNotEnabledForRESTAPI',
    'The mailbox is either inactive, soft-deleted, or is hosted on-premise.',
  );
}

function noRoute({ path }: SandboxRequest, otherMethod: boolean): GraphFailure {
  if (otherMethod) {
    return new GraphFailure(405, 'ErrorInvalidRequest', 'The OData request is not supported.');
  }
  const segment = path.split('/').at(-1) ?? '';
  return badRequest(`Resource not found for the segment '${segment}'.`);
}
