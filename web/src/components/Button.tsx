/** Buttons. */

import type { ComponentProps } from "react";
import { Icon, type IconName } from "./icons";
import styles from "./Button.module.css";

type ButtonProps = ComponentProps<"button"> & {
  icon?: IconName;
  /** Without a frame, for toolbars inside of something. */
  quiet?: boolean;
  primary?: boolean;
};

/** A button with an icon, a text, or both; with only an icon it needs `aria-label`. */
export function Button({
  icon,
  quiet = false,
  primary = false,
  children,
  className = "",
  ...rest
}: ButtonProps) {
  const kind = quiet ? styles.quiet : primary ? styles.primary : styles.plain;
  const shape = children === undefined ? styles.square : "";
  return (
    <button type="button" className={`${styles.button} ${kind} ${shape} ${className}`} {...rest}>
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </button>
  );
}
