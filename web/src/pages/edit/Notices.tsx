/** What one has to know of the dashboard that one edits: a draft that goes on, a copy to come, an old form. */

import { useState } from "react";
import { Button } from "../../components/Button";
import { Icon } from "../../components/icons";
import { formatMoment } from "../../model/clock";
import { useEditing, type Opened } from "./session";
import styles from "./Editor.module.css";

function sayDraft({ draftMs, behind }: Opened): string | undefined {
  if (draftMs === undefined) return undefined;
  const went = `You go on with changes that were not saved, of ${formatMoment(draftMs)}.`;
  return behind ? `${went} Somebody has saved the dashboard since: saving offers to join both.` : went;
}

const sayTranslated = (count: number): string | undefined =>
  count === 0
    ? undefined
    : `${count === 1 ? "A panel was" : `${count} panels were`} written for an older Grafana and ${count === 1 ? "is" : "are"} saved in the current form. The history keeps the original.`;

export function Notices({ onDiscard }: { onDiscard: () => void }) {
  const { opened, dirty } = useEditing();
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const draft = sayDraft(opened);
  const texts = [dirty ? draft : undefined, opened.copyOnly, sayTranslated(opened.translated)];
  return texts.map((text) =>
    text === undefined || closed.has(text) ? null : (
      <div key={text} className={styles.notice} role="status">
        <Icon name="info" />
        <span>{text}</span>
        {text === draft && <Button onClick={onDiscard}>Discard them</Button>}
        <Button
          quiet
          icon="close"
          aria-label="Understood"
          onClick={() => setClosed(new Set([...closed, text]))}
        />
      </div>
    ),
  );
}
