import { createCompanyHands, type CompanyHands } from './company-hands.ts';
import { createOrganizationHands, type OrganizationHands } from './organization-hands.ts';
import { createPersonHands, type PersonHands } from './person-hands.ts';
import type { World } from './world.ts';

/** What people do in Pipedrive's web application. */
export interface Hands extends PersonHands, OrganizationHands, CompanyHands {}

export function createHands(world: World): Hands {
  return {
    ...createPersonHands(world),
    ...createOrganizationHands(world),
    ...createCompanyHands(world),
  };
}
