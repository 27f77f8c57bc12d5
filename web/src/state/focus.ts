/** Focus for what has just appeared. The attribute `autofocus` would count for the first element of a document alone. */

/** As the `ref` of what takes the focus when it is drawn for the first time. */
export const focusOnMount = (element: HTMLElement | null): void => element?.focus();
