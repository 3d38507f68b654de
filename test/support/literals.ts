import { readFileSync } from 'node:fs';
import { parseSync } from '@swc/core';

/** A piece of text in the source, and the function or constant that it is given to. */
export interface Literal {
  readonly text: string;
  /** Whatever calls it, assigns it, or has it as a property: `new Error`, `io.note`, `title`. */
  readonly of: string;
}

type Node = Readonly<Record<string, unknown>> & { readonly type: string };

/** Every string in a source file, the fixed parts of templates too; types and imports are none. */
export function literalsIn(file: string): readonly Literal[] {
  const program = parseSync(readFileSync(file, 'utf8'), { syntax: 'typescript' });
  return program.body.flatMap((node) => collect(node as unknown as Node, ''));
}

const SKIPPED = new Set([
  'ImportDeclaration',
  'TsLiteralType',
  'TsTypeAnnotation',
  'TsTypeAliasDeclaration',
  'TsInterfaceDeclaration',
  // A member's name, as in ABOUT['key show'].
  'Computed',
]);

function collect(node: Node, of: string): readonly Literal[] {
  if (SKIPPED.has(node.type)) return [];
  if (node.type === 'StringLiteral') return [{ text: textOf(node['value']), of }];
  if (node.type === 'TemplateElement') return [{ text: textOf(node['cooked']), of }];
  const within = ownerOf(node) ?? of;
  return Object.values(node).flatMap((child) => childrenOf(child, within));
}

function childrenOf(child: unknown, of: string): readonly Literal[] {
  if (Array.isArray(child)) return child.flatMap((one: unknown) => childrenOf(one, of));
  if (isNode(child)) return collect(child, of);
  // The arguments of a call are wrapped, without a type of their own.
  if (isRecord(child) && isNode(child['expression'])) return collect(child['expression'], of);
  return [];
}

function ownerOf(node: Node): string | undefined {
  switch (node.type) {
    case 'NewExpression':
      return `new ${nameOf(node['callee'])}`;
    case 'CallExpression':
      return nameOf(node['callee']);
    case 'KeyValueProperty':
      return nameOf(node['key']);
    default:
      return undefined;
  }
}

function nameOf(value: unknown): string {
  if (!isNode(value)) return '';
  if (value.type === 'MemberExpression') return nameOf(value['property']);
  return textOf(value['value']);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isNode(value: unknown): value is Node {
  return isRecord(value) && typeof value['type'] === 'string';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
