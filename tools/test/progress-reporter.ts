import { relative } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

/**
 * Says how many files have been through, after each: of what says nothing for minutes nobody knows whether it goes on. A file that
 * failed is named at once, so that it can be looked at meanwhile.
 */
// biome-ignore lint/style/noDefaultExport: vitest takes a reporter so
export default class ProgressReporter implements Reporter {
  #files = 0;
  #ended = 0;
  readonly #failed: string[] = [];

  onTestRunStart(files: readonly unknown[]): void {
    this.#files = files.length;
  }

  onTestModuleEnd(file: TestModule): void {
    this.#ended += 1;
    if (file.state() === 'failed') this.#failed.push(relative(process.cwd(), file.moduleId));
    const failed = this.#failed.length === 0 ? '' : `, failed: ${this.#failed.join(', ')}`;
    console.log(`progress: ${this.#ended} of ${this.#files} files${failed}`);
  }
}
