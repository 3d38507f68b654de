import type { CategoryColor, OutlookCategory } from '@microsoft/microsoft-graph-types';
import { isRecord } from '../core.ts';
import type { SandboxAnswer } from '../core.ts';
import { contextOf, found } from './answers.ts';
import type { StoredCategory } from './category-book.ts';
import { badRequest, itemNotFound } from './errors.ts';
import type { Call, MicrosoftWorld } from './world.ts';

const CONTEXT = 'outlook/masterCategories';

/** `GET /me/outlook/masterCategories`: not in pages. */
export function listCategories(world: MicrosoftWorld, call: Call): SandboxAnswer {
  const value = world.categories.all().map(categoryView);
  return found({ '@odata.context': contextOf(call, CONTEXT), value });
}

/** `GET /me/outlook/masterCategories/{id}` */
export function getCategory(world: MicrosoftWorld, call: Call): SandboxAnswer {
  return categoryEntity(call, categoryOf(world, call));
}

/** `POST /me/outlook/masterCategories` */
export function createCategory(world: MicrosoftWorld, call: Call): SandboxAnswer {
  const { displayName, color } = categoryBody(call);
  if (typeof displayName !== 'string' || displayName === '') {
    throw badRequest("The required property 'displayName' is missing.");
  }
  const category = world.categories.add(displayName, colourIn(color ?? 'none'));
  return { ...categoryEntity(call, category), status: 201 };
}

/** `PATCH …/{id}`: the colour; "after a category is created, the name cannot be changed" (documented). */
export function recolourCategory(world: MicrosoftWorld, call: Call): SandboxAnswer {
  const category = categoryOf(world, call);
  const { displayName, color } = categoryBody(call);
  if (displayName !== undefined) throw badRequest("The property 'displayName' is read-only.");
  return categoryEntity(call, world.categories.recolour(category, colourIn(color)));
}

/** `DELETE …/{id}`: contacts keep the name. */
export function deleteCategory(world: MicrosoftWorld, call: Call): SandboxAnswer {
  world.categories.remove(categoryOf(world, call));
  return { status: 204 };
}

function categoryOf({ categories }: MicrosoftWorld, { names }: Call): StoredCategory {
  const category = categories.find(names['id'] ?? '');
  if (category === undefined) throw itemNotFound();
  return category;
}

function categoryView({ id, displayName, color }: StoredCategory): OutlookCategory {
  return { id, displayName, color: color as CategoryColor };
}

function categoryEntity(call: Call, category: StoredCategory): SandboxAnswer {
  return found({
    '@odata.context': contextOf(call, `${CONTEXT}/$entity`),
    ...categoryView(category),
  });
}

function categoryBody(call: Call): Record<string, unknown> {
  const body = call.request.json();
  if (!isRecord(body)) throw badRequest('Empty Payload. JSON content expected.');
  return body;
}

function colourIn(color: unknown): string {
  if (typeof color === 'string' && /^(?:none|preset(?:\d|1\d|2[0-4]))$/u.test(color)) return color;
  throw badRequest("The value of the property 'color' is invalid.");
}
