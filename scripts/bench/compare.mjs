import { inTurn } from './measure.mjs';

/** How often each is run: `times`, or where it is soon over three times as often. */
const PHASES = {
  first: () => 1,
  none: (times) => 3 * times,
  changes: (times) => times,
  whole: (times) => times,
};

/**
 * First sync, no change, 1 % changed on each side, and a whole read, of each tool that is laid out.
 * The tools take turns, so that whatever else the machine does meets all of them alike.
 */
export async function compare(count, times, tools) {
  const laid = {};
  try {
    for (const [name, lay] of Object.entries(tools)) laid[name] = await lay(count);
    const found = mapped(laid, ({ about }) => ({ count, ...about }));
    for (const [phase, often] of Object.entries(PHASES)) {
      const able = Object.entries(laid).filter(([, tool]) => tool[phase] !== undefined);
      const runs = Object.fromEntries(able.map(([name, tool]) => [name, () => tool[phase]()]));
      const medians = await inTurn(often(times), runs);
      for (const [name, median] of Object.entries(medians)) found[name][phase] = median;
    }
    for (const [name, tool] of Object.entries(laid))
      Object.assign(found[name], await tool.more?.());
    return found;
  } finally {
    for (const { leave } of Object.values(laid)) await leave();
  }
}

function mapped(record, change) {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
