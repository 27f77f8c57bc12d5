/** A field that narrows a list: a lens, what was typed, and the key that leads here. */

import type { ComponentProps } from "react";
import { Icon } from "./icons";
import styles from "./SearchField.module.css";

type SearchFieldProps = Omit<ComponentProps<"input">, "onChange"> & {
  value: string;
  onText: (text: string) => void;
  /** What it looks for; its name, and its placeholder unless there is another. */
  "aria-label": string;
  /** The key that brings the focus here. */
  keyHint?: string;
};

export function SearchField({ onText, keyHint, className = "", ...input }: SearchFieldProps) {
  return (
    <div className={`${styles.search} ${className}`}>
      <Icon name="search" size={14} />
      <input
        placeholder={input["aria-label"]}
        spellCheck={false}
        autoComplete="off"
        {...input}
        onChange={(event) => onText(event.target.value)}
      />
      {keyHint !== undefined && <kbd aria-hidden="true">{keyHint}</kbd>}
    </div>
  );
}
