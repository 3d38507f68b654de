/** Turns a vendor's words for kinds of entries into labels, and back. */
export interface Vocabulary {
  labelOf(type: string | null | undefined): string | undefined;
  typeOf(label: string | undefined): string | undefined;
}

/** Types that Google predefines for e-mails, phones and addresses. Anything else is the user's own text. */
export const ENTRY_TYPES = vocabulary([
  'home',
  'work',
  'mobile',
  'other',
  'main',
  'homeFax',
  'workFax',
  'otherFax',
  'pager',
  'workMobile',
  'workPager',
  'googleVoice',
]);

/** Services that Google predefines for messengers. */
export const IM_PROTOCOLS = vocabulary([
  'aim',
  'msn',
  'yahoo',
  'skype',
  'qq',
  'googleTalk',
  'icq',
  'jabber',
  'netMeeting',
]);

function vocabulary(types: readonly string[]): Vocabulary {
  const labels = new Map<string, string>();
  const wire = new Map<string, string>();
  for (const type of types) {
    const label = type.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    for (const spelling of [type.toLowerCase(), label]) {
      labels.set(spelling, label);
      wire.set(spelling, type);
    }
  }
  return {
    labelOf: (type) => translate(type, labels),
    typeOf: (label) => translate(label, wire),
  };
}

function translate(word: string | null | undefined, into: ReadonlyMap<string, string>) {
  if (word === undefined || word === null || word.trim() === '') return undefined;
  return into.get(word.toLowerCase()) ?? word;
}
