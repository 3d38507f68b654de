import { leastOfFirst } from './scenarios.mjs';

/**
 * The goals: what is measured, what may not be missed, and what is aimed at. `value` is a ratio or a
 * count; smaller is better.
 */
export function rowsOf(found) {
  const { lives, growths, floor, peers, durability } = found;
  const [big, small] = [lives.at(-1), lives[0]];
  const all = [...lives, ...growths];
  return [
    ...lives.flatMap((one) => countRows(one)),
    ...growths.flatMap((one) => noneRows(one)),
    changesRow(big),
    ...matchingRows(big),
    ...paceRows(found),
    ...resumeRows(found, small.first.tokens),
    ...floorRows(big, floor),
    ...(peers === undefined ? [] : peerRows(big, peers)),
    row(
      'CPU where everybody is there already, over a first sync’s',
      big.matching.cpu / big.first.cpu,
      [1, 0.6],
    ),
    ...growthRows(all, big),
    ...memoryRows(all, big),
    ...startRows(big.starts),
    ...durabilityRows(durability),
  ];
}

function paceRows({ burst, latency }) {
  return [
    row(
      `wall under a burst limit, over the bound (${burst.bound} s)`,
      burst.wall / burst.bound,
      [1.1, 1.03],
    ),
    row('429 under a burst limit', burst.tooMany, [0, 0]),
    row('wall at 250 ms, over requests × latency ÷ 8', latency.wall / latency.bound, [1.15, 1.05]),
  ];
}

function resumeRows({ kill, budget }, tokens) {
  return [
    row('killed half-way: tokens over one run', kill.tokens / tokens, [1.02, 1.005]),
    row('killed half-way: duplicates', kill.duplicates, [0, 0]),
    row('out of budget half-way: tokens over one run', budget.tokens / tokens, [1.02, 1.005]),
    ...budgetRows(budget),
  ];
}

/** To ask once whether there is budget again, and then what changed meanwhile. */
const TOKENS_TO_RESUME = 2 + 20;

/** Counts alone: of few contacts, what it takes to resume is a large share. */
export function resumedRow(budget, tokens) {
  const goal = [TOKENS_TO_RESUME, TOKENS_TO_RESUME];
  return row('out of budget half-way: tokens beyond one run', budget.tokens - tokens, goal);
}

/** Counts, too. */
export function budgetRows(budget) {
  return [
    row('out of budget half-way: duplicates, 429', budget.duplicates + budget.tooMany, [0, 0]),
    row('out of budget: runs that do not say until when', budget.silent, [0, 0]),
    row('still out of budget: requests to the CRM', budget.again.pipedrive, [1, 1]),
  ];
}

function floorRows({ count, first, none, whole, changes }, floor) {
  return [
    row(`CPU of a first sync over the floor, ${count}`, first.cpu / floor.first.cpu, [2.3, 1.5]),
    row(`CPU without changes over the floor, ${count}`, none.cpu / floor.none.cpu, [4, 2]),
    row(`CPU of a whole read over the floor, ${count}`, whole.cpu / floor.whole.cpu, [2.1, 1.5]),
    row(`CPU of 1 % changed over the floor, ${count}`, changes.cpu / floor.changes.cpu, [4.5, 2]),
  ];
}

/** The goals are over CardDAV, two sides over the network; between folders there is none. */
function peerRows({ count, first, none, whole, changes }, { carddav, folders }) {
  const over = (what, cpu, phase, goal) => [
    row(`CPU of ${what}, CardDAV, ${count}`, cpu / carddav[phase].cpu, goal),
    beside(`CPU of ${what}, folders, ${count}`, cpu / folders[phase].cpu),
  ];
  return [
    ...over('a first sync over vdirsyncer’s', first.cpu, 'first', [1, 0.65]),
    ...over('no change over vdirsyncer’s', none.cpu, 'none', [0.15, 0.08]),
    ...over('a whole read over vdirsyncer’s no change', whole.cpu, 'none', [1, 0.5]),
    ...over('1 % changed over vdirsyncer’s', changes.cpu, 'changes', [0.25, 0.1]),
  ];
}

function growthRows(all, big) {
  const [small] = all;
  const larger = all.filter(({ count }) => count > Math.max(small.count, big.count));
  const grown = larger.length > 0 || big === small ? larger : [big];
  return [
    ...(big === small
      ? []
      : [
          row(
            `CPU per contact of a first sync, ${big.count} over ${small.count}`,
            perContact(big) / perContact(small),
            [1.2, 1],
          ),
        ]),
    ...grown.flatMap(({ count, first, none }) => [
      row(
        `CPU without changes, ${count} over ${small.count}`,
        none.cpu / small.none.cpu,
        [1.3, 1.1],
      ),
      row(
        `peak RSS of a first sync, ${count} over ${small.count}`,
        first.rss / small.first.rss,
        [2, 1.5],
      ),
    ]),
  ];
}

function memoryRows(all, big) {
  return [
    ...all
      .filter(({ count }) => count >= big.count)
      .map(({ count, first }) =>
        row(
          `peak RSS of a first sync, ${count}, MiB`,
          first.rss,
          count > MEDIUM ? [220, 160] : [160, 131],
        ),
      ),
    row(
      'peak RSS without changes, the largest of all sizes, MiB',
      Math.max(...all.map(({ none }) => none.rss)),
      [76, 60],
    ),
  ];
}

/** From here on memory may grow. */
const MEDIUM = 10_000;

function startRows({ bare, sync, ...starts }) {
  return [
    row('--version over node -e 0, wall', starts['--version'].wall / bare.wall, [2.5, 1.7]),
    row('--help over node -e 0, wall', starts['--help'].wall / bare.wall, [2.5, 1.7]),
    row('status over node -e 0, wall', starts.status.wall / bare.wall, [4, 2.6]),
    row('no change over node -e 0, wall', sync.wall / bare.wall, [5, 2.5]),
  ];
}

/** What is begun is on disk before it is requested; what else is answered may be committed a moment later. */
function durabilityRows({ begun, synced, others, cpu }) {
  return [
    row(
      'CPU for the journal’s durability: steps begun and synced, share of a first sync',
      (begun + synced) / cpu,
      [0.15, 0.1],
    ),
    beside('the same with the commits that do not wait', (begun + synced + others) / cpu),
  ];
}

/** Counts are the same on every machine: these rows may fail a build. */
export function countRows(life) {
  const { count, first } = life;
  const least = leastOfFirst(life);
  return [
    row(
      `requests of a first sync beyond the least, ${count}`,
      first.requests - least.requests,
      [12, 6],
    ),
    row(`tokens of a first sync over the least, ${count}`, first.tokens / least.tokens, [
      count < 1000 ? 1.06 : 1.02,
      1.01,
    ]),
    ...noneRows(life),
  ];
}

function noneRows({ count, none }) {
  return [
    row(`requests without changes, ${count}`, none.requests, [5, 3]),
    row(`tokens without changes, ${count}`, none.tokens, [40, 20]),
  ];
}

/** One list of each kind, a read again in hundreds, a request for each of the provider's changes, a batch for the CRM's. */
export function changesRow({ count, changes }) {
  const changed = Math.max(1, Math.round(count / 100));
  const batches = changed < 7 ? changed : Math.ceil(changed / 200);
  const least = 1 + 2 + Math.ceil(changed / 100) + changed + batches;
  // Google's contacts are read again in one request, which is little among many.
  const must = Math.max(1.1, 1 + 1 / least);
  return row(`requests with 1 % changed over the least, ${count}`, changes.requests / least, [
    must,
    1.03,
  ]);
}

export function matchingRows({ count, organizations, matching }) {
  const least =
    Math.ceil(count / 1000) + Math.ceil((count + 1) / 500) + Math.ceil((organizations + 1) / 500);
  return [
    row(
      `everybody there already: requests over the list’s pages, ${count}`,
      matching.requests / least,
      [1.1, 1],
    ),
    row(`everybody there already: writes, ${count}`, matching.writes, [0, 0]),
  ];
}

function perContact({ count, first }) {
  return first.cpu / count;
}

/** A figure to compare with; no goal was set on it. */
function beside(what, value) {
  return { what, value };
}

function row(what, value, [must, stretch]) {
  return { what, value, must, stretch };
}
