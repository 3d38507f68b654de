/** The `index`th made-up company; no two are the same, also not case and spaces aside. */
export function organizationName(index: number): string {
  const first = FIRST[index % FIRST.length] ?? '';
  const second = SECOND[Math.floor(index / FIRST.length) % SECOND.length] ?? '';
  const round = Math.floor(index / (FIRST.length * SECOND.length));
  const form = FORMS[(index + round) % FORMS.length] ?? '';
  return [first, second, ...(round === 0 ? [] : [String(round + 1)]), form].join(' ').trim();
}

/** `+` stands between the words. */
const FIRST = (
  'Nordlicht+Żubr+Blue Ridge+Hafnar+Café Olé+Πήγασος+Sông Hồng+Дніпро+Smith & Sons+Öresund+北斗+' +
  'さくら+한빛+النيل+גלים+सूर्य+ช้างเผือก+Lindqvist+O’Hara+Compañía Sol+Yıldız+Alpenglow+24/7+Møller'
).split('+');
const SECOND = (
  'Logistics+Bau+Media+Foods+Software+Consulting+Optik+Energy+Trading+Design+Textil+Robotics+' +
  'Pharma+Travel+Studio+Marine+Holzbau+Print+Legal+Farm+Audio+Motors+Garden+Data+Health'
).split('+');
const FORMS = 'GmbH+Inc.+Ltd+Sp. z o.o.+S.L.+AG & Co. KG++ehf.+株式会社+LLC+A/S'.split('+');
