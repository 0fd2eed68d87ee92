import { Component, type ReactNode } from 'react';
import { ActionButton } from './button.tsx';

type BoundaryProps = { readonly children: ReactNode };
type BoundaryState = { readonly failed: boolean };

/** A page that breaks, or cannot be loaded after an upgrade, leaves the rest of the console standing. React wants a class. */
export class ErrorBoundary extends Component<BoundaryProps, BoundaryState> {
  override readonly state: BoundaryState = { failed: false };

  static getDerivedStateFromError(): BoundaryState {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <div className="note note-bad" role="alert">
        <p>
          <strong>This page has failed.</strong> The console may have been upgraded while it was open. Loading it again
          helps then; what is not saved is lost by it.
        </p>
        <ActionButton kind="plain" small onPress={() => location.reload()}>
          Load again
        </ActionButton>
      </div>
    );
  }
}
