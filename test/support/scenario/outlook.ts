import type { Scenario } from './scenario.ts';

const ONLY = /, (?:google only|outlook)\b/u;

const TWO = /^another account: outlook$/u;

/** Whether a scenario needs what Outlook does not have, or is told of Outlook already. */
export function isForGoogleOnly({ lines }: Scenario): boolean {
  return ONLY.test(lines[0]?.text ?? '') || lines.some(({ text }) => TWO.test(text));
}

/** The same story with an Outlook address book in the place of the Google one. */
export function withOutlook({ title, lines }: Scenario): Scenario {
  const told = lines.map((line, at) => {
    const text = line.text.replaceAll(/\bgoogle\b/gu, 'outlook');
    return { ...line, text: at === 0 ? `${text}, outlook` : text };
  });
  return { title, lines: told };
}
