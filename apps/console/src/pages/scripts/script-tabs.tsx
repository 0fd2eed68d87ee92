import type { Connection, ScriptState } from '@userferry/contracts/json-types';
import { ACTIONS, type ConnectionMode, type ScriptAction } from '@userferry/script-contract';
import { actionOf } from '../../api/script-actions.ts';
import { Badge } from '../../components/badge.tsx';
import { href } from '../../router/router.ts';
import { useHasDraft } from './drafts.ts';

type TabsProps = { readonly connection: Connection; readonly current: ScriptAction };

/** The scripts that the mode wants, each with its state in words. */
export const ScriptTabs = ({ connection, current }: TabsProps) => {
  const { userPoolId, scripts } = connection;
  const hasDraft = useHasDraft(userPoolId);
  const wanted = scripts.filter(({ required, saved, action }) => required || saved || isOptional(connection, action));
  return (
    <nav aria-label="Scripts" className="tabs">
      <ul>
        {wanted.map((state) => {
          const action = actionOf(state.action);
          if (action === undefined) return null;
          return (
            <li key={action}>
              <a
                href={href('pools', userPoolId, 'scripts', action)}
                aria-current={action === current ? 'page' : undefined}
              >
                <span className="mono">{action}</span>
                <StateBadge state={state} draft={hasDraft(action)} />
              </a>
            </li>
          );
        })}
      </ul>
    </nav>
  );
};

const isOptional = ({ mode }: Connection, wire: string): boolean => {
  const action = actionOf(wire);
  return action !== undefined && ACTIONS[action].modes[modeOf(mode)] === 'optional';
};

const modeOf = (mode: Connection['mode']): ConnectionMode =>
  mode === 'CONNECTION_MODE_CUSTOM_USER_STORE' ? 'custom_user_store' : 'lazy_migration';

const StateBadge = ({ state, draft }: { readonly state: ScriptState; readonly draft: boolean }) => {
  if (draft) return <Badge tone="warn">not saved yet</Badge>;
  if (!state.saved) return state.required ? <Badge tone="bad">missing</Badge> : <Badge tone="plain">optional</Badge>;
  return state.failing ? <Badge tone="bad">failing</Badge> : <Badge tone="good">saved</Badge>;
};
