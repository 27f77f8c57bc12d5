/** What lies behind a panel: its data, its queries, what they cost, and its document. */

import { useEffect, useId, useRef, type KeyboardEvent } from "react";
import { Button } from "../components/Button";
import type { Panel } from "../model/dashboard";
import type { PanelData } from "../query/panel";
import { DataTab } from "./DataTab";
import { JsonTab } from "./JsonTab";
import { QueryTab } from "./QueryTab";
import { StatsTab } from "./StatsTab";
import styles from "./Inspector.module.css";

const TABS = [
  { id: "data", title: "Data", Content: DataTab },
  { id: "query", title: "Query", Content: QueryTab },
  { id: "stats", title: "Stats", Content: StatsTab },
  { id: "json", title: "JSON", Content: JsonTab },
] as const;

interface InspectorProps {
  panel: Panel;
  data: PanelData;
  tab: string;
  /** Another tab; without an id the inspector closes. */
  onTab: (id: number | undefined, tab?: string) => void;
}

/** Left and right go from tab to tab, as in every list of tabs. */
function step(event: KeyboardEvent<HTMLElement>): void {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (by === undefined) return;
  const tabs = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=tab]")];
  const at = tabs.indexOf(document.activeElement as HTMLElement);
  event.preventDefault();
  const next = tabs[(at + by + tabs.length) % tabs.length];
  next?.focus();
  next?.click();
}

export default function Inspector({ panel, data, tab, onTab }: InspectorProps) {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = box.current!;
    const before = document.activeElement;
    dialog.showModal();
    dialog.querySelector<HTMLElement>("[aria-selected=true]")?.focus();
    return () => {
      dialog.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const { Content, id: shown } = TABS.find((one) => one.id === tab) ?? TABS[0];
  const close = (): void => onTab(undefined);
  return (
    <dialog
      ref={box}
      className={styles.drawer}
      aria-label={`Inspect ${panel.title}`}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClick={(event) => event.target === box.current && close()}
    >
      <div className={styles.inside}>
        <header className={styles.header}>
          <h2 title={panel.title}>{panel.title || "Panel"}</h2>
          <Button quiet icon="close" aria-label="Close" onClick={close} />
        </header>
        <div className={styles.tabs} role="tablist" aria-label="What to inspect" onKeyDown={step}>
          {TABS.map(({ id: name, title }) => (
            <button
              key={name}
              type="button"
              role="tab"
              id={`${id}-${name}`}
              aria-selected={name === shown}
              aria-controls={`${id}-panel`}
              tabIndex={name === shown ? 0 : -1}
              onClick={() => onTab(panel.id, name)}
            >
              {title}
            </button>
          ))}
        </div>
        <div className={styles.content} role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${shown}`}>
          <Content panel={panel} data={data} />
        </div>
      </div>
    </dialog>
  );
}
