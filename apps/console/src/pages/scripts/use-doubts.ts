import type { ScriptAction, ScriptLanguage } from '@userferry/script-contract';
import { useEffect, useState } from 'react';
import { languageClient } from './language/language-client.ts';
import type { Doubt } from './language/language-service.ts';
import type { Problem } from './problem.ts';

type Known = { readonly source: string; readonly language: ScriptLanguage; readonly doubts: readonly Problem[] };

/** What of a source does not fit the types of its runtime: hints beside the problems, none while it is being asked. */
export const useDoubts = (action: ScriptAction, source: string, language: ScriptLanguage): readonly Problem[] => {
  const [known, setKnown] = useState<Known>();
  useEffect(() => {
    let left = false;
    const ask = async () => {
      const doubts = (await languageClient().doubts({ source, language, action })) ?? [];
      if (!left) setKnown({ source, language, doubts: doubts.map((doubt) => problemOf(source, doubt)) });
    };
    void ask();
    return () => {
      left = true;
    };
  }, [action, source, language]);
  return known?.source === source && known.language === language ? known.doubts : [];
};

const problemOf = (source: string, { from, message }: Doubt): Problem => {
  const before = source.slice(0, from).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, message, severity: 'warning' };
};
