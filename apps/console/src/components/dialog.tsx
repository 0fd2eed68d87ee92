import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { ActionButton } from './button.tsx';

type DialogProps = {
  readonly title: string;
  readonly isOpen: boolean;
  /** Absent: it cannot be dismissed. */
  readonly onClose?: () => void;
  readonly wide?: boolean;
  readonly alert?: boolean;
  readonly children: ReactNode;
};

/** Over everything: focus stays in it and goes back to where it was. */
export const Dialog = ({ title, isOpen, onClose, wide, alert, children }: DialogProps) => (
  <ModalOverlay
    className="overlay"
    isOpen={isOpen}
    isDismissable={onClose !== undefined}
    isKeyboardDismissDisabled={onClose === undefined}
    onOpenChange={(open) => !open && onClose?.()}
  >
    <Modal className={wide ? 'modal modal-wide' : 'modal'}>
      <AriaDialog className="dialog stack" role={alert ? 'alertdialog' : 'dialog'}>
        <Heading slot="title" level={2}>
          {title}
        </Heading>
        {children}
      </AriaDialog>
    </Modal>
  </ModalOverlay>
);

type ConfirmProps = {
  readonly title: string;
  readonly isOpen: boolean;
  readonly children: ReactNode;
  readonly action: string;
  readonly danger?: boolean;
  readonly busy?: boolean;
  readonly isDisabled?: boolean;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
  readonly cancel?: string;
};

/** What will happen, spelled out, before it does. */
export const Confirm = (props: ConfirmProps) => (
  <Dialog title={props.title} isOpen={props.isOpen} onClose={props.onCancel} alert>
    {props.children}
    <div className="actions actions-end">
      <ActionButton kind="plain" onPress={props.onCancel} autoFocus>
        {props.cancel ?? 'Cancel'}
      </ActionButton>
      <ActionButton
        kind={props.danger ? 'danger' : 'main'}
        busy={props.busy ?? false}
        isDisabled={props.isDisabled ?? false}
        onPress={props.onConfirm}
      >
        {props.action}
      </ActionButton>
    </div>
  </Dialog>
);
