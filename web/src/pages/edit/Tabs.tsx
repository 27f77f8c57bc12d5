/** Tabs: a row of them, gone through by the arrow keys. What they show has the ids that `tabIds` gives. */

import type { KeyboardEvent } from "react";

interface TabsProps<T extends string> {
  label: string;
  /** Begins the ids of the tabs and of what they show. */
  id: string;
  tabs: readonly (readonly [name: T, text: string])[];
  chosen: T;
  onChoose: (name: T) => void;
  className: string;
}

/** The ids of a tab and of what it shows, for `aria-labelledby` and `id`. */
export const tabIds = (id: string, name: string) => ({ tab: `${id}-tab-${name}`, panel: `${id}-panel` });

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };

export function Tabs<T extends string>({ label, id, tabs, chosen, onChoose, className }: TabsProps<T>) {
  const onKey = (event: KeyboardEvent<HTMLElement>): void => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = tabs.findIndex(([name]) => name === chosen);
    const [next] = tabs[(at + step + tabs.length) % tabs.length]!;
    onChoose(next);
    document.getElementById(tabIds(id, next).tab)?.focus();
  };
  return (
    <div className={className} role="tablist" aria-label={label} onKeyDown={onKey}>
      {tabs.map(([name, text]) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={tabIds(id, name).tab}
          aria-selected={name === chosen}
          aria-controls={tabIds(id, name).panel}
          tabIndex={name === chosen ? 0 : -1}
          onClick={() => onChoose(name)}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
