#!/usr/bin/env node
import { startServices } from './index.ts';

const services = await startServices({ log: (line) => process.stderr.write(`${line}\n`) }).catch((error) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
});
const stayUp = setInterval(() => {}, 60_000);
const stop = (): void => {
  clearInterval(stayUp);
  services.stop().then(
    () => process.exit(0),
    () => process.exit(1),
  );
};
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
// Last: whoever waits for it may end this at once.
process.stdout.write(`MONGODB_URL=${services.mongodbUrl}\nREDIS_URL=${services.redisUrl}\n`);
