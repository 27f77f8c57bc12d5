/** The items of a menu, in the page's top layer: arrows, Home, End and first letters go through them. */

import { useLayoutEffect, useRef, type KeyboardEvent as ReactKeyboardEvent } from "react";
import { Icon } from "./icons";
import { Link } from "./Link";
import type { MenuGroups, MenuItem } from "./Menu";
import styles from "./Menu.module.css";

const EDGE_PX = 8;
const LEAST_PX = 160;
/** Letters further apart than this begin another word. */
const WORD_MS = 600;

/** Below the button and inside of the window; above it where there is more room. */
function place(menu: HTMLElement, button: HTMLElement): void {
  const { left, right, top, bottom } = button.getBoundingClientRect();
  const { innerWidth, innerHeight } = window;
  menu.style.maxHeight = "none";
  const { width, height } = menu.getBoundingClientRect();
  const below = innerHeight - bottom - EDGE_PX;
  const above = top - EDGE_PX;
  const up = height > below && above > below;
  const room = Math.max(LEAST_PX, up ? above : below);
  const used = Math.min(height, room);
  menu.style.maxHeight = `${room}px`;
  menu.style.left = `${Math.max(EDGE_PX, Math.min(right - width, innerWidth - width - EDGE_PX, left + width))}px`;
  menu.style.top = `${up ? Math.max(EDGE_PX, top - used - 4) : Math.min(bottom + 4, innerHeight - used - EDGE_PX)}px`;
}

const itemsOf = (menu: HTMLElement): HTMLElement[] => [
  ...menu.querySelectorAll<HTMLElement>("[role^=menuitem]"),
];

/** The item that a key leads to from where the focus is; undefined for keys that lead nowhere. */
function target(items: readonly HTMLElement[], key: string, word: string): HTMLElement | undefined {
  const at = items.indexOf(document.activeElement as HTMLElement);
  if (key === "ArrowDown") return items[(at + 1) % items.length];
  if (key === "ArrowUp") return items[(at <= 0 ? items.length : at) - 1];
  if (key === "Home") return items[0];
  if (key === "End") return items.at(-1);
  if (word === "") return undefined;
  const from = word.length === 1 ? at + 1 : Math.max(0, at);
  const order = [...items.slice(from), ...items.slice(0, from)];
  return order.find((item) => item.textContent.toLowerCase().startsWith(word));
}

/** Letters typed in quick succession, as one word. */
function useWord(): (event: ReactKeyboardEvent) => string {
  const typed = useRef({ word: "", at: 0 });
  return ({ key, timeStamp, ctrlKey, metaKey, altKey }) => {
    if (key.length !== 1 || key === " " || ctrlKey || metaKey || altKey) return "";
    const { word, at } = typed.current;
    const letter = key.toLowerCase();
    const joined = timeStamp - at < WORD_MS ? word + letter : letter;
    // The same letter again goes on to the next of its items.
    typed.current = { word: /^(.)\1+$/.test(joined) ? letter : joined, at: timeStamp };
    return typed.current.word;
  };
}

interface ItemProps {
  item: MenuItem;
  onDone: () => void;
}

function Content({ item: { label, keys, chosen, href, to, icon } }: Pick<ItemProps, "item">) {
  const drawing = chosen === true ? "check" : icon;
  return (
    <>
      <span className={styles.icon}>{drawing !== undefined && <Icon name={drawing} size={14} />}</span>
      <span className={styles.label}>{label}</span>
      {keys !== undefined && <kbd className={styles.keys}>{keys}</kbd>}
      {href !== undefined && to === undefined && <Icon name="right" size={12} />}
    </>
  );
}

function Item({ item, onDone }: ItemProps) {
  const { run, to, href, newTab = false, chosen, refused } = item;
  const shared = { tabIndex: -1, className: styles.item, title: refused };
  const choose = (): void => {
    onDone();
    run?.();
  };
  if (to !== undefined)
    return (
      <Link {...shared} to={to} role="menuitem" onClick={choose}>
        <Content item={item} />
      </Link>
    );
  if (href !== undefined) {
    const tab = newTab ? { target: "_blank", rel: "noopener noreferrer" } : {};
    return (
      <a {...shared} {...tab} href={href} role="menuitem" onClick={choose}>
        <Content item={item} />
      </a>
    );
  }
  const kind = chosen === undefined ? "menuitem" : "menuitemcheckbox";
  return (
    <button
      type="button"
      {...shared}
      role={kind}
      aria-checked={chosen}
      aria-disabled={refused !== undefined}
      onClick={refused === undefined ? choose : undefined}
    >
      <Content item={item} />
    </button>
  );
}

export interface MenuListProps {
  id: string;
  label: string;
  groups: MenuGroups;
  button: HTMLElement;
  /** The last item has the focus first. */
  fromEnd: boolean;
  /** `back`: the button gets the focus again. */
  onClose: (back: boolean) => void;
}

export function MenuList({ id, label, groups, button, fromEnd, onClose }: MenuListProps) {
  const menu = useRef<HTMLDivElement>(null);
  const wordOf = useWord();
  useLayoutEffect(() => {
    const box = menu.current!;
    box.showPopover();
    place(box, button);
    itemsOf(box)
      .at(fromEnd ? -1 : 0)
      ?.focus();
    const outside = (event: Event): void => {
      if (!box.contains(event.target as Node) && !button.contains(event.target as Node)) onClose(false);
    };
    const away = (): void => onClose(false);
    document.addEventListener("pointerdown", outside);
    window.addEventListener("resize", away);
    return () => {
      document.removeEventListener("pointerdown", outside);
      window.removeEventListener("resize", away);
    };
  }, [button, fromEnd, onClose]);
  const onKeyDown = (event: ReactKeyboardEvent<HTMLDivElement>): void => {
    if (event.key === "Escape" || event.key === "Tab") {
      if (event.key === "Escape") event.preventDefault(); // what lies below stays open
      onClose(true);
      return;
    }
    const found = target(itemsOf(menu.current!), event.key, wordOf(event));
    if (found === undefined && event.key.length !== 1) return;
    if (event.key === " " || event.ctrlKey || event.metaKey) return;
    event.preventDefault(); // a letter is no shortcut here
    found?.focus();
  };
  return (
    <div
      ref={menu}
      id={id}
      popover="manual"
      role="menu"
      aria-label={label}
      className={styles.menu}
      onKeyDown={onKeyDown}
    >
      {groups
        .filter((items) => items.length > 0)
        .map((items, at) => (
          <div key={at} role="group" className={styles.group}>
            {items.map((item, place) => (
              <Item
                key={`${item.label}-${place}`}
                item={item}
                onDone={() => onClose(item.to === undefined)}
              />
            ))}
          </div>
        ))}
    </div>
  );
}
