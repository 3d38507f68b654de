import { leastOfFirst } from './scenarios.mjs';

/**
 * The goals: what is measured, what may not be missed, and what is aimed at. `value` is a ratio or a
 * count; smaller is better.
 */
export function rowsOf({ lives, floors, peers, burst, latency, kill, budget, starts }) {
  const life = (count) => lives.find((one) => one.count === count);
  const big = lives.at(-1);
  const small = lives[0];
  const floor = floors.at(-1);
  const peer = peers.at(-1);
  const most = big.count;
  return [
    ...lives.flatMap((one) => countRows(one)),
    changesRow(big),
    matchingRow(big),
    burst && row(`wall under a burst limit, over the bound (${burst.bound} s)`, burst.wall / burst.bound, 1.1, 1.03),
    burst && row('429 under a burst limit', burst.tooMany, 0, 0),
    latency && row('wall at 250 ms, over requests × latency ÷ 8', latency.wall / latency.bound, 1.15, 1.05),
    kill && row('killed half-way: tokens over one run', kill.tokens / small.first.tokens, 1.02, 1.005),
    kill && row('killed half-way: duplicates', kill.duplicates, 0, 0),
    budget && row('out of budget half-way: tokens over one run', budget.tokens / small.first.tokens, 1.02, 1.005),
    budget && row('out of budget half-way: duplicates, 429', budget.duplicates + budget.tooMany, 0, 0),
    floor && row(`CPU of a first sync over the floor, ${most}`, big.first.cpu / floor.first.cpu, 2.3, 1.5),
    peer && row(`CPU of a first sync over vdirsyncer’s, ${most}`, big.first.cpu / peer.first.cpu, 1, 0.65),
    lives.length > 1 &&
      row('CPU per contact, largest over smallest', perContact(big) / perContact(small), 1.2, 1),
    peer && row(`CPU without changes over vdirsyncer’s, ${most}`, big.none.cpu / peer.none.cpu, 0.15, 0.08),
    lives.length > 1 &&
      row('CPU without changes, largest over smallest', big.none.cpu / small.none.cpu, 1.3, 1.1),
    peer && row(`CPU of a whole read over vdirsyncer’s no change, ${most}`, big.whole.cpu / peer.none.cpu, 1, 0.5),
    floor && row(`CPU of a whole read over the floor, ${most}`, big.whole.cpu / floor.whole.cpu, 3, 1.5),
    peer && row(`CPU of 1 % changed over vdirsyncer’s, ${most}`, big.changes.cpu / peer.changes.cpu, 0.25, 0.1),
    row(`peak RSS of a first sync, ${most}, MiB`, big.first.rss, 160, 131),
    lives.length > 1 &&
      row('peak RSS of a first sync, largest over smallest', big.first.rss / small.first.rss, 2, 1.5),
    row('peak RSS without changes, MiB', big.none.rss, 76, 60),
    starts && row('--version over node -e 0, wall', starts.version.wall / starts.bare.wall, 2.5, 1.7),
    starts && row('--help over node -e 0, wall', starts.help.wall / starts.bare.wall, 2.5, 1.7),
    starts && row('status over node -e 0, wall', starts.status.wall / starts.bare.wall, 4, 2.6),
    starts && row('no change over node -e 0, wall', life(most).none.wall / starts.bare.wall, 5, 2.5),
  ].filter(Boolean);
}

/** Counts are the same on every machine: these rows may fail a build. */
export function countRows(life) {
  const { count, first, none } = life;
  const least = leastOfFirst(life);
  return [
    row(`requests of a first sync beyond the least, ${count}`, first.requests - least.requests, 12, 6, true),
    row(`tokens of a first sync over the least, ${count}`, first.tokens / least.tokens, count < 1000 ? 1.06 : 1.02, 1.012, true),
    row(`requests without changes, ${count}`, none.requests, 5, 3, true),
    row(`tokens without changes, ${count}`, none.tokens, 40, 20, true),
  ];
}

/** One list of each kind, a read again in hundreds, and a request for each of the provider's changes. */
export function changesRow({ count, changes }) {
  const changed = Math.max(1, Math.round(count / 100));
  const least = 1 + 2 + Math.ceil(changed / 100) + changed;
  return row(`requests with 1 % changed over the least, ${count}`, changes.requests / least, 1.1, 1.03, true);
}

export function matchingRow({ count, organizations, matching }) {
  const least = Math.ceil(count / 1000) + Math.ceil((count + 1) / 500) + Math.ceil((organizations + 1) / 500);
  return row(`everybody there already: requests over the list’s pages, ${count}`, matching.requests / least, 1.1, 1, true);
}

function perContact({ count, first }) {
  return first.cpu / count;
}

function row(what, value, must, stretch, counted = false) {
  return { what, value, must, stretch, counted };
}
