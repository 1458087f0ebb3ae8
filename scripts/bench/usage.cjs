// Preloaded into a process that is measured: in the end it tells what it took.
const { writeFileSync } = require('node:fs');

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeFileSync(3, JSON.stringify({ maxRSS, cpuTime: userCPUTime + systemCPUTime }));
});
