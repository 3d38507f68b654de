import type { Contact } from '../../src/contact/contact.ts';
import { createApiTokenCredentials } from '../../src/auth/credentials.ts';
import { createPipedriveSide, pipedriveLimits } from '../../src/crm/pipedrive/index.ts';
import { readUser } from '../../src/crm/pipedrive/set-up.ts';
import { createHttp } from '../../src/http/client.ts';
import { startSandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { contactSideContract, type SideHarness } from './contact-side.ts';

const SIGNAL = new AbortController().signal;

/** What a person types in the web application, in Pipedrive's words. */
function typed(contact: Partial<Contact>, codes: Readonly<Record<string, string>>): object {
  const { name, emails, phones, jobTitle, notes } = contact;
  const custom = (code = '', value?: string | null): object =>
    /^[0-9a-f]{40}$/u.test(code) ? { custom_fields: { [code]: value } } : { [code]: value };
  const fields = [
    ...('jobTitle' in contact ? [custom(codes['jobTitle'], jobTitle ?? null)] : []),
    ...('notes' in contact ? [custom(codes['notes'], notes ?? null)] : []),
  ];
  const merged = Object.assign(
    {},
    ...fields.map((one) => ('custom_fields' in one ? {} : one)),
  ) as object;
  const own = fields.flatMap((one) =>
    'custom_fields' in one ? [one.custom_fields as object] : [],
  );
  return {
    ...merged,
    ...(own.length === 0 ? {} : { custom_fields: Object.assign({}, ...own) as object }),
    ...(name === undefined ? {} : { first_name: name.given ?? '', last_name: name.family ?? '' }),
    ...(emails === undefined ? {} : { emails }),
    ...(phones === undefined ? {} : { phones }),
  };
}

async function setUp(fields: 'built-in' | 'ours', options: SandboxOptions): Promise<SideHarness> {
  const sandbox = await startSandbox(options);
  const { pipedrive } = sandbox;
  if (fields === 'built-in') pipedrive.enableContactSync();
  const http = createHttp({ userAgent: 'contactsync-test' });
  const api = http.api({
    name: 'pipedrive',
    base: sandbox.url,
    credentials: createApiTokenCredentials(() => pipedrive.token),
    limits: pipedriveLimits(),
  });
  const user = await readUser(api, SIGNAL);
  const side = createPipedriveSide({ api, user });
  const codes: Record<string, string> = {};
  for (const survey of await side.customFields.survey(SIGNAL)) {
    const code =
      survey.kind === 'found' ? survey.code : await side.customFields.make(survey.field, SIGNAL);
    side.customFields.use(survey.field, code);
    codes[survey.field] = code;
  }
  // The colleague's people are for other tests.
  for (const { id } of pipedrive.persons()) pipedrive.deletePerson(id);
  sandbox.advance(120_000);
  return {
    side,
    person: {
      add: async (contact) => String(pipedrive.createPerson(typed(contact, codes)).id),
      edit: async (id, patch) => void pipedrive.updatePerson(Number(id), typed(patch, codes)),
      remove: async (id) => pipedrive.deletePerson(Number(id)),
    },
    loseNextAnswer: () => {
      sandbox.faults.add({ vendor: 'pipedrive', write: true, times: 1, kind: 'cut-after' });
    },
    expireCursors: () => undefined,
    hideWrites: (ms) => pipedrive.setOption('listLag', ms),
    advance: (ms) => sandbox.advance(ms),
    merge: async (loser, survivor) => {
      pipedrive.mergePersons(Number(loser), Number(survivor));
      return survivor;
    },
    unknown: {
      give: async (id) => {
        const { field_code } = pipedrive.createField({
          field_name: 'Shoe size',
          field_type: 'varchar',
        });
        pipedrive.updatePerson(Number(id), { custom_fields: { [field_code]: '43' } });
      },
      of: async (id) => {
        const person = pipedrive.persons().find((one) => one.id === Number(id));
        const { field_code = '' } =
          pipedrive.fields().find(({ field_name }) => field_name === 'Shoe size') ?? {};
        return person?.custom_fields[field_code];
      },
    },
    close: async () => {
      http.close();
      await sandbox.close();
    },
  };
}

const lacks = {
  deletionsInFeed: true,
  cursorExpiry: true,
  marks: true,
  formerIds: true,
} as const;

contactSideContract(
  'Pipedrive with its own contact fields',
  () => setUp('built-in', { plan: 'professional' }),
  lacks,
);
contactSideContract(
  'Pipedrive with fields of ours',
  () => setUp('ours', { plan: 'essential' }),
  lacks,
);
