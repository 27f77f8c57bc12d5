/** What is decided about a dashboard that is here already. */

import { useEffect, useId, useRef } from "react";
import type { There } from "../../api/library";
import { Button } from "../../components/Button";
import { formatMoment } from "../../model/clock";
import styles from "./EntryCard.module.css";
import type { Decision, Entry } from "./entries";

const CHOICES: readonly { decision: Decision; title: string; detail: string }[] = [
  { decision: "copy", title: "Keep both", detail: "this one gets an address of its own" },
  { decision: "replace", title: "Replace", detail: "it becomes the newest version; earlier ones are kept" },
  { decision: "skip", title: "Skip", detail: "nothing is changed" },
];

/** What is known of the one that is there. */
function describeThere({ title, folderTitle = "", updatedMs, updatedBy = "", file = "" }: There): string {
  const where = folderTitle === "" ? "" : ` in ${folderTitle}`;
  const who = updatedBy === "" || updatedBy === "anonymous" ? "" : ` by ${updatedBy}`;
  const when = updatedMs === undefined ? "" : `, saved at ${formatMoment(updatedMs)}${who}`;
  return `“${title}”${where}${file === "" ? when : `, from the file ${file}`}`;
}

interface AlreadyProps {
  entry: Entry;
  there: There;
  skipped: boolean;
  onDecide: (decision: Decision | undefined) => void;
}

export function AlreadyThere(props: AlreadyProps) {
  const { entry, there, skipped, onDecide } = props;
  const box = useRef<HTMLDivElement>(null);
  const chosen = useRef(false);
  useEffect(() => {
    if (chosen.current) box.current!.querySelector<HTMLElement>("input, button")!.focus();
    chosen.current = false;
  }, [skipped]);
  const decide = (decision: Decision | undefined): void => {
    chosen.current = skipped || decision === "skip"; // what had the focus goes away
    onDecide(decision);
  };
  if (there.same && entry.title === undefined && Object.keys(entry.answers).length === 0) {
    return <p className={styles.same}>It is here already, exactly the same: nothing to do.</p>;
  }
  return (
    <div ref={box}>
      {skipped ? <Skipped {...props} onDecide={decide} /> : <Choices {...props} onDecide={decide} />}
    </div>
  );
}

const Skipped = ({ there, onDecide }: AlreadyProps) => (
  <div className={styles.decide}>
    <p>Skipped. {describeThere(there)} stays as it is.</p>
    <Button onClick={() => onDecide(undefined)}>Decide again</Button>
  </div>
);

function Choices({ entry, there, onDecide }: AlreadyProps) {
  const name = useId();
  const choices = CHOICES.filter(({ decision }) => there.canSave || decision !== "replace");
  return (
    <fieldset className={styles.already}>
      <legend>Here already: {describeThere(there)}</legend>
      {choices.map(({ decision, title, detail }) => (
        <label key={decision}>
          <input
            type="radio"
            className={styles.input}
            name={name}
            checked={entry.decision === decision}
            onChange={() => onDecide(decision)}
          />
          <span className={styles.dot} />
          {title}
          <small>{detail}</small>
        </label>
      ))}
      {!there.canSave && <p>The one that is here is read-only, so it cannot be replaced.</p>}
    </fieldset>
  );
}
