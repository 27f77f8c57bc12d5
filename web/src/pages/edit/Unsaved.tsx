/** New dashboards that were begun in this browser and never saved: one goes on with them, or throws them away. */

import { useEffect, useState } from "react";
import { Button } from "../../components/Button";
import { browserShelf, type Draft, dropDraft, keepDraft, newDrafts } from "../../edit/drafts";
import { everyPanel, isRow } from "../../edit/doc";
import { formatMoment } from "../../model/clock";
import { asText } from "../../model/json";
import { describeAge } from "../../model/timerange";
import { showToast } from "../../state/toasts";
import styles from "./Unsaved.module.css";

const readAll = (): Draft[] => newDrafts(browserShelf, Date.now());

const nameOf = ({ doc }: Draft): string => asText(doc.title) ?? "Untitled";

function aboutOf({ doc, atMs }: Draft, nowMs: number): string {
  const count = everyPanel(doc).filter((panel) => !isRow(panel)).length;
  const panels = count === 1 ? "1 panel" : `${count} panels`;
  return `${panels}, changed ${describeAge(Math.max(0, nowMs - atMs))} ago`;
}

export function Unsaved({ onContinue }: { onContinue: (draft: Draft) => void }) {
  const [drafts, setDrafts] = useState<readonly Draft[]>(readAll);
  const [nowMs] = useState(Date.now);
  const look = (): void => setDrafts(readAll());
  useEffect(() => {
    const listener = (): void => setDrafts(readAll());
    const timer = setTimeout(listener); // an editor that has just been left has kept its draft by then
    window.addEventListener("storage", listener);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("storage", listener);
    };
  }, []);
  if (drafts.length === 0) return null;
  const discard = (some: readonly Draft[], what: string): void => {
    for (const draft of some) dropDraft(browserShelf, draft.uid);
    look();
    const bringBack = (): void => {
      for (const draft of some) keepDraft(browserShelf, draft);
      look();
    };
    showToast(what, "info", { label: "Undo", run: bringBack });
  };
  return (
    <section className={styles.unsaved} aria-labelledby="unsaved">
      <h2 id="unsaved">Begun and not saved</h2>
      <ul>
        {drafts.map((draft) => (
          <li key={draft.uid}>
            <span className={styles.name} title={nameOf(draft)}>
              {nameOf(draft)}
            </span>
            <span className={styles.about} title={formatMoment(draft.atMs, nowMs)}>
              {aboutOf(draft, nowMs)}
            </span>
            <Button icon="edit" aria-label={`Continue ${nameOf(draft)}`} onClick={() => onContinue(draft)}>
              <span className={styles.word}>Continue</span>
            </Button>
            <Button
              quiet
              icon="trash"
              aria-label={`Discard ${nameOf(draft)}`}
              title="Discard"
              onClick={() => discard([draft], `“${nameOf(draft)}” is discarded.`)}
            />
          </li>
        ))}
      </ul>
      {drafts.length > 1 && (
        <Button quiet onClick={() => discard(drafts, `${drafts.length} drafts are discarded.`)}>
          Discard all
        </Button>
      )}
    </section>
  );
}
