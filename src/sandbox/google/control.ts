import { EMPTY_CONTACT } from '../../contact/contact.ts';
import { BadControl, isRecord } from '../core.ts';
import { photoFrom } from '../hands.ts';
import type { SandboxPhoto } from '../seed-contact.ts';
import type { GoogleSandbox } from './google-sandbox.ts';
import type { Consent } from './authorization.ts';

/** `POST /control/google/<action>`: the in-process methods, with their arguments by name in a JSON body. */
export function googleControl(sandbox: GoogleSandbox, action: string, body: unknown): unknown {
  const run = ACTIONS[action];
  if (run === undefined) throw new BadControl(`Google has no action ${action}.`);
  return run(sandbox, argumentsOf(body)) ?? {};
}

interface Arguments {
  text(name: string): string;
  flag(name: string): boolean;
  count(name: string): number;
  object(name: string): object;
  photo(): SandboxPhoto | undefined;
  texts(name: string): readonly string[] | undefined;
}

type Action = (sandbox: GoogleSandbox, args: Arguments) => unknown;

const ACTIONS: Readonly<Record<string, Action>> = {
  create: (google, args) => {
    const photo = args.photo();
    const resourceName = google.create({
      contact: { ...EMPTY_CONTACT, ...args.object('contact') },
      groups: args.texts('groups') ?? [],
      ...(photo === undefined ? {} : { photo }),
    });
    return { resourceName };
  },
  update: (google, args) => google.update(args.text('resourceName'), args.object('patch')),
  edit: (google, args) => google.edit(args.text('resourceName'), args.object('person')),
  remove: (google, args) => google.remove(args.text('resourceName')),
  merge: (google, args) => google.merge(args.text('survivor'), args.text('loser')),
  label: (google, args) =>
    google.label(args.text('resourceName'), args.text('group'), args.flag('on')),
  createGroup: (google, args) => ({ resourceName: google.createGroup(args.text('name')) }),
  deleteGroup: (google, args) => google.deleteGroup(args.text('group')),
  renameGroup: (google, args) => google.renameGroup(args.text('group'), args.text('name')),
  setPhoto: (google, args) => google.setPhoto(args.text('resourceName'), args.photo()),
  touch: (google, args) => google.touch(args.text('resourceName')),
  linkProfile: (google, args) =>
    google.linkProfile(args.text('resourceName'), args.text('name'), args.flag('hasPhoto')),
  rekey: (google, args) => ({ resourceName: google.rekey(args.text('resourceName')) }),
  people: (google) => ({ people: google.people() }),
  hide: (google, args) => google.hide(args.count('visibilityDelayMs')),
  staleReads: (google, args) => google.staleReads(args.count('count')),
  setQuota: (google, args) => google.setQuota(args.object('limits')),
  expireSyncTokens: (google) => google.expireSyncTokens(),
  expireAccessTokens: (google) => google.expireAccessTokens(),
  revokeGrants: (google) => google.revokeGrants(),
  signInAs: (google, args) => google.signInAs(args.text('email')),
  consent: (google, args) => google.consent(consentOf(args.text('answer'))),
  tickScopes: (google, args) => google.tickScopes(args.texts('scopes')),
};

function consentOf(answer: string): Consent {
  if (answer === 'allow' || answer === 'refuse' || answer === 'ask') return answer;
  throw new BadControl('answer must be allow, refuse or ask.');
}

function argumentsOf(body: unknown): Arguments {
  const values = isRecord(body) ? body : {};

  function optionalText(name: string): string | undefined {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  }

  function text(name: string): string {
    const value = optionalText(name);
    if (value === undefined) throw new BadControl(`${name} is missing, a text.`);
    return value;
  }

  return {
    text,
    flag: (name) => values[name] === true,
    count(name) {
      const value = values[name];
      if (typeof value === 'number') return value;
      throw new BadControl(`${name} is missing, a number.`);
    },
    object(name) {
      const value = values[name];
      if (isRecord(value)) return value;
      throw new BadControl(`${name} is missing, an object.`);
    },
    texts(name) {
      const value = values[name];
      return Array.isArray(value) ? value.map(String) : undefined;
    },
    photo() {
      const base64 = optionalText('photoBase64');
      return base64 === undefined ? undefined : photoFrom(base64);
    },
  };
}
