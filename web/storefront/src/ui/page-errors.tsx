import { Component, type ComponentChildren } from 'preact';
import { ErrorView } from './error-view.tsx';
import { pageLoadEnds } from './page-load.tsx';

interface Props {
  /** A new address is a new try. */
  url: string;
  children: ComponentChildren;
}

/** Shows that a page has a mistake of its own, and leaves header and footer usable. */
export class PageErrors extends Component<Props, { error: unknown }> {
  override state = { error: null };

  static override getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override componentDidCatch() {
    // The router is gone, and tells no end.
    pageLoadEnds();
  }

  override componentDidUpdate(before: Props) {
    if (before.url !== this.props.url && this.state.error) this.setState({ error: null });
  }

  override render() {
    if (!this.state.error) return this.props.children;
    return <ErrorView page error={this.state.error} retry={() => location.reload()} />;
  }
}

/** In place of a page whose file did not come. */
export function PageMissing() {
  return <ErrorView page error={null} retry={() => location.reload()} />;
}
