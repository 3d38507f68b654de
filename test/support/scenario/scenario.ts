import type { ConflictRule, Direction } from '../../../src/plan/model.ts';
import { ACTS, MEANWHILE } from './acts.ts';
import { EXPECTATIONS, NotSo } from './expectations.ts';
import { splitParts, unquoted } from './parts.ts';
import { createStage, groupIdOf, type Setting, type Stage } from './stage.ts';

/** A story in plain sentences, one a line; docs/scenarios.md says which there are. */
export interface Scenario {
  /** Its numbers in docs/scenarios.md, and what happens: `C01 both sides change another field`. */
  readonly title: string;
  readonly lines: readonly Line[];
}

export interface Line {
  readonly text: string;
  readonly number: number;
}

const TITLE = /^scenario (?<title>.+)$/u;

/** A file has any number of scenarios; each begins with its title. Lines with `#` are remarks. */
export function parseScenarios(text: string): readonly Scenario[] {
  const scenarios: { title: string; lines: Line[] }[] = [];
  for (const [at, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    const title = TITLE.exec(line)?.groups?.['title'];
    const current = scenarios.at(-1);
    if (title !== undefined) scenarios.push({ title, lines: [] });
    else if (line === '' || line.startsWith('#')) continue;
    else if (current === undefined) throw new Error('a file begins with a scenario’s title');
    else current.lines.push({ text: line, number: at + 1 });
  }
  return scenarios;
}

/** Plays the scenario, then syncs once more: that must write nothing. */
export async function playScenario(scenario: Scenario): Promise<void> {
  const stage = await playLines(scenario);
  const worlds = new Set([...stage.actors.values()].map(({ world }) => world));
  for (const world of worlds) await world.expectQuiet();
}

/** Plays the scenario up to its last line. */
export async function playLines({ lines }: Scenario): Promise<Stage> {
  const [first] = lines;
  const account = first?.text.startsWith('account ') ? first : undefined;
  const stage = createStage(account === undefined ? { rules: {} } : setting(account.text));
  for (const line of lines) {
    if (line !== account) await at(line, () => playSentence(stage, line.text));
  }
  return stage;
}

/** `account two-way, on conflict newest, group Clients, match none, outlook, lists lag 5 minutes`. */
function setting(text: string): Setting {
  const parts = splitParts(text.replace(/^account /u, ''));
  const value = (word: string): string | undefined =>
    parts.find((part) => part.startsWith(`${word} `))?.slice(word.length + 1);
  const [group, lag] = [value('group'), value('lists may lag')];
  const rules: Setting['rules'] = {
    direction: parts[0] as Direction,
    onConflict: (value('on conflict') ?? 'newest') as ConflictRule,
    match: value('match') === 'none' ? 'none' : 'email',
    group: group === undefined ? 'all' : groupIdOf(unquoted(group)),
  };
  return {
    rules,
    book: parts.includes('outlook') ? 'outlook' : 'google',
    ...(lag === undefined ? {} : { visibilityDelay: Number.parseInt(lag, 10) * 60_000 }),
  };
}

async function at({ text, number }: Line, work: () => void | Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const but = error instanceof NotSo ? ', but' : ':';
    throw new Error(`line ${number}: ${text}\n${but} ${why}`, { cause: error });
  }
}

/** Plays one sentence. */
export function playSentence(stage: Stage, text: string): void | Promise<void> {
  const later = MEANWHILE.exec(text)?.groups;
  if (later !== undefined) {
    const { side = '', sentence = '' } = later;
    stage.actor(side).faults.meanwhile = () => void playSentence(stage, sentence);
    return;
  }
  const sentences = text.startsWith('expect ') ? EXPECTATIONS : ACTS;
  for (const [pattern, act] of sentences) {
    const match = pattern.exec(text);
    if (match !== null) return act(stage, match.groups ?? {});
  }
  throw new Error('this sentence is not known; docs/scenarios.md lists them');
}
