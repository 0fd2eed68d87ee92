export type Machine = { platform: string; arch: string; musl: boolean; nodeVersion: string };
export type ChosenNode = { kind: 'package'; name: string } | { kind: 'own' } | { kind: 'unsupported'; message: string };

export const COMMANDS: Record<string, { tool: string; build: string[]; args?: string[] }>;
export const NODE_MAJOR: number;
export function chooseNode(machine: Machine): ChosenNode;
export function majorOf(version: string): number;
export function isFresh(state: {
  stamp: string | undefined;
  lockHash: string;
  lockText: string;
  installedText: string | undefined;
}): boolean;
export function explainInstallFailure(output: string): string | undefined;
export function isForwarded(signal: string, situation: { terminal: boolean; sinceLastMs: number }): boolean;
