// Preloaded into a measured process: reports its resource usage at exit.
const { writeFileSync } = require('node:fs');

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeFileSync(3, JSON.stringify({ maxRSS, cpuTime: userCPUTime + systemCPUTime }));
});
