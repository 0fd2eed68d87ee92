/**
 * What a script run shares with earlier runs: `warm` keeps an isolate for one connection and script version, with drivers
 * loaded; `per_run` gives each run an isolate that has run nothing.
 */
export type Isolation = 'warm' | 'per_run';
