import { type Services, ServicesUnavailable, startServices } from '@sealtrail/test-services';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    mongodbUrl: string | undefined;
    redisUrl: string | undefined;
  }
}

let services: Services | undefined;

/**
 * One MongoDB and one Redis for the whole run. Without them a run in CI fails here; elsewhere the suites that need them are
 * skipped, and say so.
 */
export async function setup(project: TestProject): Promise<void> {
  if (process.env['SEALTRAIL_TEST_SERVICES'] === 'none') {
    project.provide('mongodbUrl', undefined);
    project.provide('redisUrl', undefined);
    return;
  }
  try {
    services = await startServices({ log: (line) => console.error(`[services] ${line}`) });
    project.provide('mongodbUrl', services.mongodbUrl);
    project.provide('redisUrl', services.redisUrl);
    console.error(`[services] MongoDB: ${services.mongodbKind}; Redis: ${services.redisKind}`);
  } catch (error) {
    if (!(error instanceof ServicesUnavailable) || process.env['CI'] === 'true') throw error;
    console.error(`[services] NOT AVAILABLE, their suites are SKIPPED:\n  ${error.reasons.join('\n  ')}`);
    project.provide('mongodbUrl', undefined);
    project.provide('redisUrl', undefined);
  }
}

export async function teardown(): Promise<void> {
  await services?.stop();
}
