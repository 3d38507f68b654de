import { inTurn, measured } from './measure.mjs';
import { addAccount, layFloor, startVendors } from './world.mjs';

const CHANGED = 0.01;
/** The vendors' clocks go on by this much: what a first sync has written is no news any more. */
const LATER_MS = 20 * 60_000;
/** Longer than a list is asked for once more, and far from the end of an access token. */
const MOMENT_MS = 2 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

/** contactsync: a new account between an address book of so many and an empty company. */
export async function contactsync(count) {
  const vendors = await startVendors(count);
  const account = await addAccount(vendors);
  const sync = () => account.run(['sync']);
  return {
    about: { organizations: vendors.organizations },
    ...phasesOf(vendors, { first: sync, rest: sync, none: sync, changes: sync }),
    whole: async () => {
      // Google's token has expired, and the CRM's ids are walked once a day.
      await vendors.ask('advance', 8 * DAY_MS);
      return sync();
    },
    account,
    vendors,
    leave: () => leaveBoth(vendors, account),
  };
}

/** Only what memory and growth are told from: the first sync, and runs without changes. */
export async function contactsyncGrowing(count) {
  const { changes: _, whole: __, ...tool } = await contactsync(count);
  return tool;
}

/** At its end also what is told from no other tool: commands beside a bare start, and matching. */
export function contactsyncInFull({ starts }) {
  return async (count) => {
    const tool = await contactsync(count);
    const more = async () => ({
      ...(starts > 0 && { starts: await startsOf(tool.account, starts) }),
      matching: await matching(tool.vendors),
    });
    return { ...tool, more };
  };
}

/** The least that is possible, against vendors of its own. */
export async function theFloor(count) {
  const vendors = await startVendors(count);
  const floor = await layFloor(vendors);
  const run = (phase) => () => floor.run(phase);
  return {
    ...phasesOf(vendors, {
      first: run('first'),
      rest: run('none'),
      none: run('none'),
      changes: run('changes'),
    }),
    whole: run('whole'),
    leave: () => leaveBoth(vendors, floor),
  };
}

/** What both have in common; each phase begins at rest, and is checked for what it has brought about. */
function phasesOf(vendors, { first, rest, none, changes }) {
  return {
    first: async () => {
      const run = await first();
      const { persons, organizations } = run;
      const whole = persons === vendors.count && organizations === vendors.organizations;
      if (!whole) throw new Error(`${persons} persons, ${organizations} organizations were made`);
      await vendors.ask('advance', LATER_MS);
      await rest();
      return run;
    },
    none: async () => {
      const run = await none();
      if (run.writes > 0) throw new Error(`${run.writes} writes without changes`);
      return run;
    },
    changes: async () => {
      await rest();
      await vendors.ask('advance', MOMENT_MS);
      const many = await vendors.ask('change', CHANGED);
      const run = await changes();
      // One for each of the CRM's people, and a batch at least for the provider's.
      if (run.writes <= many) throw new Error(`${run.writes} writes for twice ${many} changes`);
      return run;
    },
  };
}

/** Commands, and a run without changes, beside a bare start of Node. */
async function startsOf(account, times) {
  const of = (...args) => [args[0], () => account.run(args)];
  const commands = [of('--version'), of('--help'), of('status'), of('sync')];
  return inTurn(times, { bare: () => measured(['-e', '0']), ...Object.fromEntries(commands) });
}

/** A second installation meets a company that holds everybody already. */
async function matching(vendors) {
  const account = await addAccount(vendors);
  try {
    return await account.run(['sync']);
  } finally {
    await account.leave();
  }
}

async function leaveBoth(vendors, { leave }) {
  await leave();
  await vendors.stop();
}
