import type { Reporter, TestModule } from 'vitest/node';

/** Says how many files have been through, after each: of what says nothing for minutes nobody knows whether it goes on. */
// biome-ignore lint/style/noDefaultExport: vitest takes a reporter so
export default class ProgressReporter implements Reporter {
  #files = 0;
  #ended = 0;
  #failed = 0;

  onTestRunStart(files: readonly unknown[]): void {
    this.#files = files.length;
  }

  onTestModuleEnd(file: TestModule): void {
    this.#ended += 1;
    if (file.state() === 'failed') this.#failed += 1;
    const failed = this.#failed === 0 ? '' : `, ${this.#failed} failed`;
    console.log(`progress: ${this.#ended} of ${this.#files} files${failed}`);
  }
}
