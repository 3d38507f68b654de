/** Hands out e-mail addresses and remembers them, so that each is given once. */
export interface EmailBook {
  /** `local@domain`, with a number where that is taken. */
  fresh(local: string, domain: string): string;
}

export function emailBook(): EmailBook {
  const taken = new Map<string, number>();
  return {
    fresh(local, domain) {
      const wanted = `${local}@${domain}`;
      const times = (taken.get(wanted) ?? 0) + 1;
      taken.set(wanted, times);
      return times === 1 ? wanted : `${local}${times}@${domain}`;
    },
  };
}

const WITHOUT_MARK: Readonly<Record<string, string>> = {
  ł: 'l',
  đ: 'd',
  ß: 'ss',
  ø: 'o',
  æ: 'ae',
  þ: 'th',
  ð: 'd',
  ı: 'i',
};

/** What is left of a Latin name in an e-mail address or a domain; empty for other scripts. */
export function asciiWord(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[łđßøæþðı]/g, (letter) => WITHOUT_MARK[letter] ?? '')
    .normalize('NFD')
    .replaceAll(/[^a-z\d]/g, '');
}
