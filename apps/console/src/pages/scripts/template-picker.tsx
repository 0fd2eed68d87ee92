import type { ScriptAction } from '@userferry/script-contract';
import { useState } from 'react';
import { wireAction } from '../../api/script-actions.ts';
import { useCall } from '../../api/use-call.ts';
import { ActionButton } from '../../components/button.tsx';
import { Confirm } from '../../components/dialog.tsx';
import { SelectField } from '../../components/select-field.tsx';

type PickerProps = {
  readonly userPoolId: string;
  readonly action: ScriptAction;
  readonly source: string;
  readonly onChoose: (source: string) => void;
};

const NAMES: Readonly<Record<string, string>> = {
  postgresql: 'PostgreSQL',
  mysql: 'MySQL',
  mongodb: 'MongoDB',
  sqlserver: 'SQL Server',
  'web-service': 'Web service',
};

/** Puts a ready-made script into the editor; asks first when something is there. */
export const TemplatePicker = ({ userPoolId, action, source, onChoose }: PickerProps) => {
  const query = useCall('ConnectionService', 'ListScriptTemplates', { userPoolId }, { fixed: true });
  const templates = (query.data?.templates ?? []).filter((template) => template.action === wireAction(action));
  const [store, setStore] = useState('postgresql');
  const [asking, setAsking] = useState(false);
  const chosen = templates.find((template) => template.store === store);
  const put = () => {
    if (chosen !== undefined) onChoose(chosen.source);
    setAsking(false);
  };
  const isTemplate = templates.some((template) => template.source === source);
  return (
    <>
      <SelectField
        label="Template"
        hideLabel
        small
        value={store}
        options={Object.entries(NAMES).map(([id, name]) => ({ id, name: `Template: ${name}` }))}
        onChange={setStore}
      />
      <ActionButton
        kind="plain"
        small
        isDisabled={chosen === undefined}
        onPress={() => (source.trim() === '' || isTemplate ? put() : setAsking(true))}
      >
        Use template
      </ActionButton>
      {query.isError && <p className="quiet small">Templates cannot be loaded now.</p>}
      <Confirm
        title="Replace what is in the editor?"
        isOpen={asking}
        action="Replace"
        onConfirm={put}
        onCancel={() => setAsking(false)}
      >
        <p>The {NAMES[store]} template takes its place. A saved script stays saved until you save again.</p>
      </Confirm>
    </>
  );
};
