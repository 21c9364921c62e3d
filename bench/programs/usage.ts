// Preloaded into a measured program: at its end it writes what it has used to the file that BENCH_USAGE names.
import { writeFileSync } from 'node:fs';

/** Seldom enough that a program with little to do shows its own CPU. */
const SAMPLE_MS = 100;
const path = process.env['BENCH_USAGE'] ?? '';
const samples: (readonly [at: number, rssBytes: number, cpuUs: number])[] = [];

setInterval(() => {
  const { user, system } = process.cpuUsage();
  samples.push([Date.now(), process.memoryUsage.rss(), user + system]);
}, SAMPLE_MS).unref();
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  writeFileSync(path, JSON.stringify({ cpuUs: userCPUTime + systemCPUTime, maxRssKib: maxRSS, samples }));
});
