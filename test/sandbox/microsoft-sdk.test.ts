import { BatchRequestContent, BatchResponseContent } from '@microsoft/microsoft-graph-client';
import type { Contact } from '@microsoft/microsoft-graph-types';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { named } from './google-client.ts';
import { signedIn } from './microsoft-client.ts';
import type { Signed } from './microsoft-client.ts';

/* Microsoft's own SDK against the sandbox, as it would be used against Graph. */

let signed: Signed;

beforeEach(async () => {
  signed = await signedIn({ contacts: [named('Ana', 'Diaz'), named('Bo')] });
});

afterEach(() => signed.sandbox.close());

const PREFER = 'IdType="ImmutableId"';

it('lists, creates, changes and deletes contacts', async () => {
  const { sdk } = signed;
  const list = (await sdk
    .api('/me/contacts')
    .header('Prefer', PREFER)
    .select('id,displayName')
    .get()) as {
    value: Contact[];
  };
  expect(list.value.map(({ displayName }) => displayName)).toEqual(['Ana Diaz', 'Bo']);

  const created = (await sdk
    .api('/me/contacts')
    .header('Prefer', PREFER)
    .post({ givenName: 'Cleo', emailAddresses: [{ address: 'cleo@example.com' }] })) as Contact;
  const changed = (await sdk
    .api(`/me/contacts/${created.id}`)
    .header('If-Match', `W/"${created.changeKey}"`)
    .patch({ jobTitle: 'Queen', displayName: 'Cleo' })) as Contact;
  expect(changed).toMatchObject({ jobTitle: 'Queen', displayName: 'Cleo' });
  await sdk.api(`/me/contacts/${created.id}`).delete();
  await expect(sdk.api(`/me/contacts/${created.id}`).get()).rejects.toMatchObject({
    statusCode: 404,
    code: 'ErrorItemNotFound',
  });
});

it('sends batches and reads their answers by id', async () => {
  const [ana, bo] = signed.sandbox.microsoft.people('contacts');
  const steps = [ana, bo].map((contact, at) => ({
    id: String(at),
    request: new Request(`https://graph.microsoft.com/me/contacts/${contact?.id}`),
  }));
  const content = await new BatchRequestContent(steps).getContent();
  const answers = new BatchResponseContent(
    (await signed.sdk.api('/$batch').post(content)) as ConstructorParameters<
      typeof BatchResponseContent
    >[0],
  );
  const names = await Promise.all(
    steps.map(async ({ id }) => ((await answers.getResponseById(id).json()) as Contact).givenName),
  );
  expect(names).toEqual(['Ana', 'Bo']);
});

it('sends and fetches pictures', async () => {
  const [ana] = signed.sandbox.microsoft.people('contacts');
  const address = `/me/contacts/${ana?.id}/photo/$value`;
  await signed.sdk.api(address).put(new Uint8Array([0xff, 0xd8, 0xff, 0xd9]));
  const picture = (await signed.sdk.api(address).get()) as Blob;
  expect([...new Uint8Array(await picture.arrayBuffer())]).toEqual([0xff, 0xd8, 0xff, 0xd9]);
});
