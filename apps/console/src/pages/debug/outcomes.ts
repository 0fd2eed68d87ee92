import type { Outcome } from '@userferry/contracts/json-types';
import type { Tone } from '../../components/badge.tsx';

type Words = { readonly name: string; readonly tone: Tone; readonly sentence: string };

/** Each outcome of a run in words. */
export const OUTCOME_WORDS: Readonly<Record<Outcome, Words>> = {
  OUTCOME_UNSPECIFIED: { name: 'Unknown', tone: 'plain', sentence: 'The outcome is not known.' },
  OUTCOME_COMPLETED: { name: 'Completed', tone: 'good', sentence: 'The script returned.' },
  OUTCOME_THREW: { name: 'Threw', tone: 'warn', sentence: 'The script threw an error.' },
  OUTCOME_SYNTAX_ERROR: { name: 'Syntax error', tone: 'bad', sentence: 'The script cannot be read.' },
  OUTCOME_TIMED_OUT: { name: 'Timed out', tone: 'bad', sentence: 'The script did not end in time.' },
  OUTCOME_OUT_OF_MEMORY: { name: 'Out of memory', tone: 'bad', sentence: 'The script used more memory than it may.' },
  OUTCOME_INVALID_RESULT: {
    name: 'Invalid result',
    tone: 'bad',
    sentence: 'What the script returned is not what it should.',
  },
  OUTCOME_STORE_UNREACHABLE: {
    name: 'Database unreachable',
    tone: 'bad',
    sentence: 'Your database could not be reached. This never counts as a wrong password.',
  },
  OUTCOME_EGRESS_DENIED: {
    name: 'Destination denied',
    tone: 'bad',
    sentence: 'The script wanted to connect where it may not.',
  },
  OUTCOME_QUOTA_EXCEEDED: { name: 'Quota exceeded', tone: 'bad', sentence: 'The script did more than it may.' },
  OUTCOME_OVERLOADED: { name: 'Overloaded', tone: 'warn', sentence: 'Too much is running now. Try again in a moment.' },
  OUTCOME_KILLED: { name: 'Killed', tone: 'bad', sentence: 'The run was ended from outside. Try again.' },
};

/** An outcome in words; one that this page does not know yet is said to be unknown. */
export const outcomeWords = (outcome: Outcome): Words => OUTCOME_WORDS[outcome] ?? OUTCOME_WORDS.OUTCOME_UNSPECIFIED;
