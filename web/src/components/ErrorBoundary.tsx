/** Keeps a fault where it happens: what fails to draw is replaced, all around it stays. */

import { Component, type ReactNode } from "react";
import { Failed } from "./states";

interface ErrorBoundaryProps {
  title: string;
  children: ReactNode;
}

/** The only class: React catches errors of drawing nowhere else. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <Failed
        title={this.props.title}
        message={error.message}
        onRetry={() => this.setState({ error: null })}
      />
    );
  }
}
