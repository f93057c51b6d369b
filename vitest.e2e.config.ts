import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { resultsReporter } from './test/e2e/support/results-reporter.ts';

/** The scenarios build on one installation, so they run in the order of their names. */
class ByName extends BaseSequencer {
  override async sort(files: TestSpecification[]) {
    return files.toSorted((one, other) => (one.moduleId < other.moduleId ? -1 : 1));
  }
}

export default defineConfig({
  test: {
    include: ['test/e2e/scenarios/*.ts'],
    globalSetup: 'test/e2e/support/run.ts',
    fileParallelism: false,
    isolate: false,
    sequence: { sequencer: ByName },
    testTimeout: 240_000,
    hookTimeout: 480_000,
    teardownTimeout: 120_000,
    reporters: ['verbose', resultsReporter],
    taskTitleValueFormatTruncate: 100, // identities differ at their ends
  },
});
