/** Types that say nothing about which of several numbers or addresses it is. */
const NOISE = new Set(
  'internet voice text msg video textphone bbs modem isdn pcs x400 dom intl postal parcel uri'.split(
    ' ',
  ),
);

/** What Apple's address book calls its own labels: `_$!<Home>!$_`; some writers lose the underscores. */
const APPLE: Readonly<Record<string, string>> = {
  homefax: 'homeFax',
  workfax: 'workFax',
  otherfax: 'otherFax',
  iphone: 'mobile',
  homepage: 'homePage',
};
const APPLE_WORDS = ['home', 'work', 'other', 'mobile', 'main', 'pager', 'school'];

/** The label that a `TYPE` list means, in the neutral contact's words; else the first word as it is spelled. */
export function labelOfTypes(types: readonly string[]): string | undefined {
  const words = new Set(types.map((type) => type.toLowerCase()));
  const work = words.has('work');
  if (words.has('fax')) return faxLabel(words);
  if (words.has('pager')) return work ? 'workPager' : 'pager';
  if (['cell', 'mobile', 'iphone'].some((word) => words.has(word))) {
    return work ? 'workMobile' : 'mobile';
  }
  for (const word of ['main', 'home', 'work', 'other']) if (words.has(word)) return word;
  const free = types.find((type) => type !== '' && !NOISE.has(type.toLowerCase()));
  if (free?.toLowerCase() === 'grand_central') return 'googleVoice';
  return free?.replace(/^X-(?=.)/i, '');
}

/** The label that an `X-ABLabel` line means. */
export function labelOfApple(text: string): string | undefined {
  const [, word] = /^_?\$!<(.*)>!\$_?$/s.exec(text) ?? [];
  if (word === undefined) return text.trim() === '' ? undefined : text;
  const lower = word.toLowerCase();
  if (Object.hasOwn(APPLE, lower)) return APPLE[lower];
  return APPLE_WORDS.includes(lower) ? lower : word;
}

function faxLabel(words: ReadonlySet<string>): string {
  if (words.has('home')) return 'homeFax';
  return words.has('work') ? 'workFax' : 'otherFax';
}
