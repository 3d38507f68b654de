/*
 * Loaded before the measured program: says on descriptor 3 what the process has used when it ends.
 * The peak is `VmHWM` where there is one: `maxRSS` also counts what the parent held at the fork.
 */
const { readFileSync, writeSync } = require('node:fs');

const MICROSECONDS = 1e6;
const KIBIBYTES_PER_MEBIBYTE = 1024;

process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const cpu = (userCPUTime + systemCPUTime) / MICROSECONDS;
  const rss = (highWaterMark() ?? maxRSS) / KIBIBYTES_PER_MEBIBYTE;
  writeSync(3, `${JSON.stringify({ cpu, rss })}\n`);
});

function highWaterMark() {
  try {
    const line = /^VmHWM:\s+(\d+) kB$/mu.exec(readFileSync('/proc/self/status', 'utf8'));
    return line === null ? undefined : Number(line[1]);
  } catch {
    return undefined;
  }
}
