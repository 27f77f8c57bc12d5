/** A button with a menu below it. What is in the menu is made, and its code fetched, when it is first opened. */

import { useEffect, useId, useRef, useState, type FC, type KeyboardEvent } from "react";
import { showToast } from "../state/toasts";
import { Button } from "./Button";
import type { IconName } from "./icons";
import type { MenuListProps } from "./MenuList";
import styles from "./Menu.module.css";

export interface MenuItem {
  label: string;
  run?: () => void;
  /** A page of the UI, below its base; a click with a modifier opens it beside this one. */
  to?: string;
  /** An address outside of the UI. */
  href?: string;
  /** It opens a tab of its own. */
  newTab?: boolean;
  /** A switch, and whether it is on. */
  chosen?: boolean;
  /** The key that does the same. */
  keys?: string;
  icon?: IconName;
  /** Why it cannot be chosen. */
  refused?: string;
}

/** Lines stand between groups; empty ones are left out. */
export type MenuGroups = readonly (readonly MenuItem[])[];

interface MenuProps {
  label: string;
  icon: IconName;
  groups: () => MenuGroups | Promise<MenuGroups>;
  onOpen?: (open: boolean) => void;
  className?: string | undefined;
}

interface Opened {
  List: FC<MenuListProps>;
  groups: MenuGroups;
  button: HTMLElement;
  fromEnd: boolean;
}

/** The end at which an arrow opens a menu. */
const ENDS: Readonly<Record<string, boolean>> = { ArrowDown: false, ArrowUp: true };

export function Menu({ label, icon, groups, onOpen, className }: MenuProps) {
  const [opened, setOpened] = useState<Opened>();
  const root = useRef<HTMLSpanElement>(null);
  const id = useId();
  const change = (next: Opened | undefined): void => {
    setOpened(next);
    onOpen?.(next !== undefined);
  };
  const latest = useRef(change);
  useEffect(() => {
    latest.current = change;
  });
  const [close] = useState(() => (back: boolean): void => {
    if (back) root.current?.querySelector("button")?.focus();
    latest.current(undefined);
  });
  const open = (fromEnd: boolean): void => {
    const button = root.current!.querySelector("button")!;
    Promise.all([import("./MenuList"), groups()]).then(
      ([{ MenuList }, made]) => latest.current({ List: MenuList, groups: made, button, fromEnd }),
      () => showToast("The menu could not be loaded. Reload the page.", "error"),
    );
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const fromEnd = ENDS[event.key];
    if (fromEnd === undefined) return;
    event.preventDefault();
    open(fromEnd);
  };
  return (
    <span ref={root} className={`${styles.root} ${className ?? ""}`}>
      <Button
        icon={icon}
        quiet
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={opened !== undefined}
        aria-controls={opened === undefined ? undefined : id}
        onClick={() => (opened === undefined ? open(false) : change(undefined))}
        onKeyDown={onKeyDown}
      />
      {opened !== undefined && (
        <opened.List
          id={id}
          label={label}
          groups={opened.groups}
          button={opened.button}
          fromEnd={opened.fromEnd}
          onClose={close}
        />
      )}
    </span>
  );
}
