// Preloaded into a measured program: at its end it writes what it has used to the file that BENCH_USAGE names.
import { writeFileSync } from 'node:fs';

const SAMPLE_MS = 50;
const path = process.env['BENCH_USAGE'] ?? '';
const samples: (readonly [at: number, rssBytes: number])[] = [];

setInterval(() => samples.push([Date.now(), process.memoryUsage.rss()]), SAMPLE_MS).unref();
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  writeFileSync(path, JSON.stringify({ cpuUs: userCPUTime + systemCPUTime, maxRssKib: maxRSS, samples }));
});
