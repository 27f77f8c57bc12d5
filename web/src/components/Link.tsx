/** A link to another page of the UI. */

import type { ComponentProps, MouseEvent } from "react";
import { navigate } from "../state/location";

type LinkProps = Omit<ComponentProps<"a">, "href"> & {
  /** Path below the base, without a leading slash. */
  to: string;
};

const isPlain = (event: MouseEvent): boolean =>
  event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);

/** The address is relative to the page's base, as all are. */
export function Link({ to, onClick, ...rest }: LinkProps) {
  const follow = (event: MouseEvent<HTMLAnchorElement>): void => {
    onClick?.(event);
    if (!isPlain(event) || event.defaultPrevented) return;
    event.preventDefault();
    navigate(to);
  };
  return <a href={to === "" ? "./" : to} onClick={follow} {...rest} />;
}
