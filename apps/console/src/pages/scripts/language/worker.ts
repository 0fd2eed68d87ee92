/** The thread of the language service: it is large, and comes only when an editor is open. */

import declarations from 'virtual:script-types';
import libs from 'virtual:typescript-libs';
import type { Answer, Question } from './language-client.ts';
import { createLanguage } from './language-service.ts';

const language = createLanguage(libs, declarations);

const answerTo = ({ what, script, position, name }: Question): Answer['value'] => {
  if (what === 'complete') return language.complete(script, position);
  if (what === 'explain') return language.explain(script, position, name ?? '');
  if (what === 'hover') return language.hover(script, position);
  return language.doubts(script);
};

addEventListener('message', ({ data }: MessageEvent<Question>) => {
  const answer: Answer = { id: data.id, value: answerTo(data) };
  postMessage(answer);
});
