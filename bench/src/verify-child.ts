import { openSource, verifyAll } from '@sealtrail/verifier';

// Verifies one source in a process of its own and prints what it took.
const location = process.argv[2] as string;
const source = await openSource(location);
const start = performance.now();
const report = await verifyAll(source);
const ms = performance.now() - start;
await source.close();
if (report.status !== 'valid') {
  console.log(report.summary);
  process.exit(1);
}
console.log(
  JSON.stringify({ perSecond: (report.walked * 1_000) / ms, peakMb: process.resourceUsage().maxRSS / 1_024 }),
);
