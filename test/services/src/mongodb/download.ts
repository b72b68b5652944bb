import { MongoBinary } from 'mongodb-memory-server-core';

// Without a way to the server the answer comes at once: repetitions would only delay the next way.
process.env['MONGOMS_MAX_RETRIES'] ??= '1';

try {
  process.stdout.write(`${await MongoBinary.getPath()}\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
