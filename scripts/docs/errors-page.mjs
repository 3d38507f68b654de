import { parseSync } from '@swc/core';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { importsOf, lookUp, readCatalogue } from './catalogue.mjs';

/* docs/errors.md: the classes say what an error means, the places that make one what it says. */

/** The sandbox plays vendors: its errors are theirs. */
const NOT_OURS = `${path.sep}sandbox${path.sep}`;
const BASE = 'ContactSyncError';
/** Which argument is the sentence, where it is not the first. */
const SENTENCE_AT = { SignInNeeded: 1 };
/** Other texts are no messages of their own. */
const SENTENCE_END = /[.…]$/u;
/** Sentences that the table makes itself. */
const BY_THE_TABLE = {
  locked: ['Another run is at work (process …, since …).'],
  interrupted: ['Interrupted. The next run goes on from here.'],
  bug: ['Something happened that should not have: …'],
};
const MEANINGS = { bug: 'Something that contactsync did not expect.' };

/**
 * @param table of the command line: code → next step and exit status
 * @param folder of the sources
 */
export function errorsPage(table, folder) {
  const sources = readSources(folder);
  const classes = errorClasses(sources);
  const catalogue = readCatalogue(sources);
  const sayings = sources.flatMap(({ ast }) =>
    sayingsIn(ast, { classes, catalogue, imports: importsOf(ast, catalogue) }),
  );
  const sections = Object.keys(table)
    .toSorted()
    .map((code) => section(code, { row: table[code], classes, sayings }));
  return `${HEAD}\n${sections.join('\n')}`;
}

const HEAD = `# Errors

<!-- Made by "npm run docs". Change the errors themselves, or the texts in src/cli/texts/. -->

Whatever ends a command has a code that does not change. \`--json\` has it under \`error.code\`, \`--verbose\` prints it. An ellipsis stands for what differs from time to time. A script needs no more than the [exit status](../README.md#exit-status).
`;

function readSources(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !`${path.sep}${name}`.includes(NOT_OURS))
    .toSorted()
    .map((name) => {
      const text = readFileSync(path.join(folder, name), 'utf8');
      return { name, text, ast: parseSync(text, { syntax: 'typescript', target: 'es2022' }) };
    });
}

/** Every class of errors by its name, with its code and what it means. */
function errorClasses(sources) {
  const found = sources.flatMap(({ text, ast }) =>
    nodes(ast, 'ClassDeclaration').map((one) => ({
      name: one.identifier.value,
      parent: one.superClass?.value,
      code: codeOf(one),
      meaning: docOf(text, one.identifier.value),
    })),
  );
  const known = new Map([[BASE, { name: BASE }]]);
  for (let before = 0; before < known.size;) {
    before = known.size;
    for (const one of found) {
      const parent = known.get(one.parent);
      if (parent !== undefined) known.set(one.name, { ...one, code: one.code ?? parent.code });
    }
  }
  return known;
}

function codeOf({ body }) {
  return body.find(({ key, value }) => key?.value === 'code' && value)?.value.value;
}

function docOf(text, name) {
  const [, doc] =
    new RegExp(String.raw`/\*\*((?:(?!\*/).)*)\*/\s*export class ${name}\b`, 'su').exec(text) ?? [];
  return doc?.replace(/\s*\n?\s*\*\s?/gu, ' ').trim();
}

/** What the places that make an error give it to say, and to advise. */
function sayingsIn(ast, context) {
  return nodes(ast, 'NewExpression').flatMap((made) => {
    const known = context.classes.get(made.callee.value);
    if (known === undefined) return [];
    const at = SENTENCE_AT[known.name] ?? 0;
    return problemsOf(made.arguments[at]?.expression, context)
      .filter(({ message }) => SENTENCE_END.test(message))
      .map((problem) => ({ code: known.code, ...problem }));
  });
}

/** Each sentence, with what is advised beside it: of an object as the catalogue has it, or a text. */
function problemsOf(expression, context) {
  if (expression?.type === 'ConditionalExpression')
    return [expression.consequent, expression.alternate].flatMap((one) => problemsOf(one, context));
  const entry = lookUp(expression, context);
  if (entry !== undefined)
    return problemsOf(entry.value, { ...context, ...entry, imports: undefined });
  if (expression?.type !== 'ObjectExpression')
    return texts(expression, context).map((message) => ({ message, next: [] }));
  const part = (name) => expression.properties.find(({ key }) => key?.value === name)?.value;
  const next = texts(part('next'), context);
  return texts(part('message'), context).map((message) => ({ message, next }));
}

/** The sentences that an expression may come to; what is only known later is an ellipsis. */
function texts(expression, context) {
  switch (expression?.type) {
    case 'StringLiteral':
      return [expression.value];
    case 'TemplateLiteral':
      return [expression.quasis.map(({ cooked }) => cooked).join('…')];
    case 'ConditionalExpression':
      return [...texts(expression.consequent, context), ...texts(expression.alternate, context)];
    case 'ParenthesisExpression':
      return texts(expression.expression, context);
    default: {
      const entry = lookUp(expression, context);
      return entry === undefined
        ? []
        : texts(entry.value, { ...context, ...entry, imports: undefined });
    }
  }
}

function nodes(tree, type) {
  if (typeof tree !== 'object' || tree === null) return [];
  const below = Object.values(tree).flatMap((part) => nodes(part, type));
  return tree.type === type ? [tree, ...below] : below;
}

function section(code, { row, classes, sayings }) {
  const meanings = [...classes.values()].filter((one) => one.code === code && one.meaning);
  const [meaning = MEANINGS[code]] = meanings.map((one) => one.meaning);
  if (meaning === undefined) throw new Error(`${code} does not say what it means`);
  const said = sayings.filter((one) => one.code === code);
  return [
    `## ${code}\n`,
    `${meaning}\n`,
    `Exit status: ${row.status ?? 1}${row.status === 130 ? ', or 143 after SIGTERM' : ''}. ${nextOf(row)}\n`,
    ...messages(code, said),
  ].join('\n');
}

function nextOf({ next }) {
  if (next === undefined) return '';
  const text = typeof next === 'function' ? next({ account: '<account>' }) : next;
  return `What to do: ${escape(text)}`;
}

function messages(code, said) {
  const own = BY_THE_TABLE[code] ?? [];
  /** @type {readonly string[]} */
  const lines = [
    ...own.map((message) => `- ${escape(message)}`),
    ...said.map(({ message, next }) => {
      const advice = next.length === 1 ? ` _${escape(next[0])}_` : '';
      return `- ${escape(message)}${advice}`;
    }),
  ];
  return lines.length === 0 ? [] : [`${[...new Set(lines)].toSorted().join('\n')}\n`];
}

/** As Markdown shows it to the letter. */
function escape(text) {
  return text.replace(/[\\`*_<>|[\]]/gu, String.raw`\$&`);
}
