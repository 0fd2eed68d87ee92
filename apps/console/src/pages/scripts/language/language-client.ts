import type { Doubt, Explanation, Suggestion } from './language-service.ts';
import type { Script } from './script.ts';

export type Question = {
  readonly id: number;
  readonly what: 'complete' | 'explain' | 'hover' | 'doubts';
  readonly script: Script;
  readonly position: number;
  readonly name?: string;
};

export type Answer = {
  readonly id: number;
  readonly value: readonly Suggestion[] | readonly Doubt[] | Explanation | undefined;
};

export type LanguageClient = {
  readonly complete: (script: Script, position: number) => Promise<readonly Suggestion[] | undefined>;
  readonly explain: (script: Script, position: number, name: string) => Promise<Explanation | undefined>;
  readonly hover: (script: Script, position: number) => Promise<Explanation | undefined>;
  readonly doubts: (script: Script) => Promise<readonly Doubt[] | undefined>;
};

let shared: LanguageClient | undefined;

/** The one language service of the page, started when it is first asked for. Where it cannot run it knows nothing. */
export const languageClient = (): LanguageClient => {
  shared ??= createLanguageClient(new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }));
  return shared;
};

const createLanguageClient = (worker: Worker): LanguageClient => {
  const waiting = new Map<number, (value: Answer['value']) => void>();
  let lastId = 0;
  let broken = false;
  worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
    waiting.get(data.id)?.(data.value);
    waiting.delete(data.id);
  });
  worker.addEventListener('error', () => {
    broken = true;
    for (const resolve of waiting.values()) resolve(undefined);
    waiting.clear();
  });
  const ask = <T>(question: Omit<Question, 'id'>): Promise<T | undefined> => {
    if (broken) return Promise.resolve(undefined);
    lastId += 1;
    const id = lastId;
    return new Promise((resolve) => {
      waiting.set(id, (value) => resolve(value as T | undefined));
      worker.postMessage({ ...question, id } satisfies Question);
    });
  };
  return {
    complete: (script, position) => ask({ what: 'complete', script, position }),
    explain: (script, position, name) => ask({ what: 'explain', script, position, name }),
    hover: (script, position) => ask({ what: 'hover', script, position }),
    doubts: (script) => ask({ what: 'doubts', script, position: 0 }),
  };
};
