const { default: Sequencer } = require('@jest/test-sequencer');

/** What takes a minute begins first: begun last, it would run alone while the other worker is idle. */
const SLOWEST = [
  'sync/sweep',
  'e2e/kill',
  'e2e/package',
  'scenarios/histories',
  'e2e/first-sync',
  'e2e/watch',
  'e2e/two-way',
  'e2e/redaction',
  'e2e/microsoft',
];

module.exports = class SlowestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const at = SLOWEST.findIndex((name) => path.includes(`/test/${name}.test.`));
      return at < 0 ? SLOWEST.length : at;
    };
    // oxlint-disable-next-line unicorn/no-array-sort -- Jest's own method, not an array's
    return super.sort(tests).toSorted((one, two) => rank(one) - rank(two));
  }
};
