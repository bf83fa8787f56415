/** Ends a run with one plain line on standard output, for whatever counts tests: `N passed, N failed, N skipped`. */
export default class Counts {
  onRunComplete(_contexts, results) {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, numPendingTests, numTodoTests } = results;
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    const skipped = numPendingTests + numTodoTests;
    process.stdout.write(`${numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`);
  }
}
