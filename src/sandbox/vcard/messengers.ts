import { labelOfTypes } from './labels.ts';
import type { Property } from './property.ts';
import { param, text, types } from './property.ts';

/** How services are spelled in the neutral contact. Anything else keeps its own spelling. */
const SERVICES: Readonly<Record<string, string>> = {
  aim: 'aim',
  gadugadu: 'gadugadu',
  'google-talk': 'googleTalk',
  googletalk: 'googleTalk',
  'google talk': 'googleTalk',
  gtalk: 'googleTalk',
  icq: 'icq',
  jabber: 'jabber',
  xmpp: 'jabber',
  msn: 'msn',
  msnim: 'msn',
  netmeeting: 'netMeeting',
  qq: 'qq',
  skype: 'skype',
  'skype-username': 'skype',
  yahoo: 'yahoo',
  ymsgr: 'yahoo',
};

export interface Messenger {
  readonly value: string;
  readonly service: string | undefined;
}

/** Reads `IMPP` (RFC 4770) the older `X-SKYPE`, `X-AIM`, …, and Outlook's; `undefined` for any other property. */
export function messengerOf(property: Property): Messenger | undefined {
  if (property.name === 'IMPP') return fromUri(property);
  // Outlook does not say which service.
  if (property.name === 'X-MS-IMADDRESS') {
    return { value: text(property).trim(), service: undefined };
  }
  const [, word] = /^X-(.+)$/.exec(property.name) ?? [];
  const service = word === undefined ? undefined : known(word);
  return service === undefined ? undefined : { value: text(property).trim(), service };
}

function fromUri(property: Property): Messenger {
  const named = serviceOf(property);
  const uri = text(property).trim();
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(uri) ?? [];
  if (scheme === undefined || rest === undefined) return { value: uri, service: named };
  const lower = scheme.toLowerCase();
  if (lower === 'http' || lower === 'https') return { value: uri, service: named };
  const implied = ['im', 'x-apple', 'sip'].includes(lower) ? undefined : (known(lower) ?? lower);
  return { value: handleOf(rest), service: named ?? implied };
}

function serviceOf(property: Property): string | undefined {
  const [named] = param(property, 'X-SERVICE-TYPE');
  const places = new Set(['home', 'work', 'other', 'internet']);
  const word =
    named ?? labelOfTypes(types(property).filter((type) => !places.has(type.toLowerCase())));
  return word === undefined || word === '' ? undefined : (known(word) ?? word);
}

function known(word: string): string | undefined {
  const lower = word.toLowerCase();
  return Object.hasOwn(SERVICES, lower) ? SERVICES[lower] : undefined;
}

/** The handle in `aim:goim?screenname=x`, `ymsgr:sendIM?x`, `msnim:chat?contact=x`, `skype:x?chat`. */
function handleOf(rest: string): string {
  const handle = rest
    .replace(/^(?:goim|sendim|chat|add)\?(?:screenname=|contact=)?/i, '')
    .replace(/^\/\//, '')
    .replace(/\?(?:chat|call|message)$/i, '');
  try {
    return decodeURIComponent(handle);
  } catch {
    return handle;
  }
}
