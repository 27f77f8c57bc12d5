/** Keeps a fault where it happens: what fails to draw is replaced, all around it stays. */

import { Component, type ReactNode } from "react";
import { CHUNK_LOST, isChunkLost, reportDrawing } from "../state/report";
import { Failed } from "./states";

interface ErrorBoundaryProps {
  title: string;
  /** What stands there instead; absent: the message, and a button to try again. */
  fallback?: ReactNode;
  children: ReactNode;
}

/** The only class: React catches errors of drawing nowhere else. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(error: unknown): void {
    reportDrawing(error);
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    if (this.props.fallback !== undefined) return this.props.fallback;
    const lost = isChunkLost(error); // the browser remembers the failure: only a new page asks again
    return (
      <Failed
        title={this.props.title}
        message={lost ? CHUNK_LOST : error.message}
        onRetry={() => (lost ? location.reload() : this.setState({ error: null }))}
      />
    );
  }
}
