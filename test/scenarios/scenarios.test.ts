import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from '@jest/globals';
import { isForGoogleOnly, withOutlook } from '../support/scenario/outlook.ts';
import { parseScenarios, playScenario } from '../support/scenario/scenario.ts';

const FOLDER = 'fixtures/scenarios';
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'));

describe.each(files)('%s', (file) => {
  const scenarios = parseScenarios(readFileSync(`${FOLDER}/${file}`, 'utf8'));
  it.each(scenarios.map((scenario) => [scenario.title, scenario] as const))(
    '%s',
    async (_, scenario) => playScenario(scenario),
  );

  const applying = scenarios.filter((scenario) => !isForGoogleOnly(scenario));
  it.each(applying.map((scenario) => [scenario.title, withOutlook(scenario)] as const))(
    'with Outlook: %s',
    async (_, scenario) => playScenario(scenario),
  );
});
