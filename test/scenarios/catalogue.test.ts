import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseScenarios } from '../support/scenario/scenario.ts';

const FOLDER = 'fixtures/scenarios';
const ROW = /^\| (?<number>[A-Z]\d\d) +\| (?<what>[^|]+)\| (?<where>[^|]+)\|$/gmu;

const rows = [...readFileSync('docs/scenarios.md', 'utf8').matchAll(ROW)].map(({ groups }) => ({
  number: groups?.['number'] ?? '',
  where: groups?.['where']?.trim() ?? '',
}));

const told = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.txt'))
  .flatMap((name) => parseScenarios(readFileSync(`${FOLDER}/${name}`, 'utf8')))
  .flatMap(({ title }) => title.match(/\b[A-Z]\d\d\b/gu) ?? []);

describe('the list in docs/scenarios.md', () => {
  it('has every number once', () => {
    const numbers = rows.map(({ number }) => number);
    expect(numbers.length).toBeGreaterThan(90);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it.each(rows.filter(({ where }) => /^scenario(?:;| for|$)/u.test(where)))(
    '$number has a scenario that names it',
    ({ number }) => expect(told).toContain(number),
  );

  it.each(rows.filter(({ where }) => where.includes('`test/')))(
    '$number names a test that is there',
    ({ where }) => {
      for (const [, file = ''] of where.matchAll(/`(test\/[^`]+)`/gu)) {
        expect({ file, exists: existsSync(file) }).toEqual({ file, exists: true });
      }
    },
  );

  it('lists every number that a scenario names', () => {
    const numbers = new Set(rows.map(({ number }) => number));
    expect(told.filter((number) => !numbers.has(number))).toEqual([]);
  });
});
