import path from 'node:path';

/* What the catalogue of texts (src/cli/texts) says, for those who only see a reference to it. */

const CATALOGUE = `${path.sep}texts${path.sep}`;

/** By the file's name: what each name of it stands for. */
export function readCatalogue(sources) {
  const files = sources.filter(({ name }) => `${path.sep}${name}`.includes(CATALOGUE));
  return new Map(
    files.map(({ name, ast }) => [path.basename(name), new Map(ast.body.flatMap(definitions))]),
  );
}

function definitions(item) {
  const declared = item.declaration ?? item;
  if (declared.type === 'FunctionDeclaration')
    return [[declared.identifier.value, returned(declared.body)]];
  if (declared.type !== 'VariableDeclaration') return [];
  return declared.declarations.map(({ id, init }) => [id.value, valueOf(init)]);
}

/** What a constant is, or what a function returns. */
function valueOf(expression) {
  if (expression?.type === 'ArrowFunctionExpression') {
    const { body } = expression;
    return body.type === 'BlockStatement' ? returned(body) : valueOf(body);
  }
  const inner = ['ParenthesisExpression', 'TsSatisfiesExpression', 'TsConstAssertion'];
  return inner.includes(expression?.type) ? valueOf(expression.expression) : expression;
}

function returned(body) {
  return valueOf(body.stmts.findLast(({ type }) => type === 'ReturnStatement')?.argument);
}

/** How a file calls what it takes from the catalogue: its own name → file and name there. */
export function importsOf(ast, catalogue) {
  const taken = ast.body.filter(
    ({ type, source }) => type === 'ImportDeclaration' && catalogue.has(fileOf(source)),
  );
  return new Map(
    taken.flatMap(({ source, specifiers }) =>
      specifiers.map(({ type, local, imported }) => [
        local.value,
        {
          file: fileOf(source),
          ...(type === 'ImportNamespaceSpecifier' ? {} : { name: (imported ?? local).value }),
        },
      ]),
    ),
  );
}

function fileOf({ value }) {
  return path.basename(value);
}

/** The text, or the problem, that a reference stands for; `undefined` where it is none to it. */
export function lookUp(expression, { catalogue, imports, file }) {
  if (expression?.type === 'CallExpression')
    return lookUp(expression.callee, { catalogue, imports, file });
  if (expression?.type === 'Identifier') {
    const taken = imports?.get(expression.value) ?? { file, name: expression.value };
    return found(catalogue, taken.file, taken.name);
  }
  if (expression?.type !== 'MemberExpression') return undefined;
  const { object, property } = expression;
  const taken = imports?.get(object.value);
  return taken?.name === undefined ? found(catalogue, taken?.file, property.value) : undefined;
}

function found(catalogue, file, name) {
  const value = catalogue.get(file)?.get(name);
  return value && { value, file };
}
