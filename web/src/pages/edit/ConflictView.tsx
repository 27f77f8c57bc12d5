/** Two people changed the same dashboard: what each did, and for what both changed, whose is kept. */

import { useMemo, useState } from "react";
import { Button } from "../../components/Button";
import { formatMoment } from "../../model/clock";
import { describeChanges } from "../../edit/diff";
import type { Doc } from "../../edit/doc";
import { merge, type Conflict, type Side } from "../../edit/merge";
import type { Refused } from "../../edit/save";
import { ChangeList } from "./ChangeList";
import styles from "./SaveDialog.module.css";

interface ConflictViewProps {
  refused: Refused;
  theirs: Doc;
  mine: Doc;
  base: Doc;
  busy: boolean;
  onMerge: (merged: Doc) => void;
  onCopy: () => void;
  onClose: () => void;
}

interface SideProps {
  conflict: Conflict;
  side: Side;
  chosen: boolean;
  onChoose: () => void;
}

function SideChoice({ conflict, side, chosen, onChoose }: SideProps) {
  const removed = conflict.removed === side;
  return (
    <label className={styles.side}>
      <input type="radio" name={conflict.key} checked={chosen} onChange={onChoose} />
      <b>{side === "mine" ? "Yours" : "Theirs"}</b>
      {removed ? (
        <p>Removed</p>
      ) : (
        <ChangeList changes={conflict[side].map((change) => ({ ...change, where: "" }))} />
      )}
    </label>
  );
}

export function ConflictView(props: ConflictViewProps) {
  const { refused, theirs, mine, base, busy, onMerge, onCopy, onClose } = props;
  const { conflicts, join } = useMemo(() => merge(base, mine, theirs), [base, mine, theirs]);
  const [sides, setSides] = useState<Readonly<Record<string, Side>>>({});
  const [ours, others] = useMemo(
    () => [describeChanges(base, mine), describeChanges(base, theirs)],
    [base, mine, theirs],
  );
  const when = refused.updatedMs > 0 ? `, ${formatMoment(refused.updatedMs)}` : "";
  const by = refused.updatedBy === "" ? "" : ` by ${refused.updatedBy}`;
  const open = conflicts.filter(({ key }) => sides[key] === undefined).length;
  return (
    <div className={styles.form}>
      <div className={styles.both}>
        <section tabIndex={0} aria-label="Their changes">
          <h3>
            Version {refused.currentVersion}
            {by}
            {when}
          </h3>
          <ChangeList changes={others} />
        </section>
        <section tabIndex={0} aria-label="Your changes">
          <h3>Your changes</h3>
          <ChangeList changes={ours} />
        </section>
      </div>
      {conflicts.length === 0 ? (
        <p className={styles.note}>The changes do not touch one another: both can be kept.</p>
      ) : (
        <div className={styles.conflicts}>
          <h3>Both changed these. Which is kept?</h3>
          {conflicts.map((conflict) => (
            <fieldset key={conflict.key}>
              <legend>{conflict.title}</legend>
              {(["mine", "theirs"] as const).map((side) => (
                <SideChoice
                  key={side}
                  conflict={conflict}
                  side={side}
                  chosen={sides[conflict.key] === side}
                  onChoose={() => setSides({ ...sides, [conflict.key]: side })}
                />
              ))}
            </fieldset>
          ))}
        </div>
      )}
      <footer className={styles.decide}>
        {open > 0 && (
          <span className={styles.open} role="status">
            {open === 1 ? "1 choice is open" : `${open} choices are open`}
          </span>
        )}
        <Button onClick={onClose}>Go on editing</Button>
        <Button disabled={busy} onClick={onCopy}>
          Save mine as a copy
        </Button>
        <Button primary disabled={busy || open > 0} onClick={() => onMerge(join(sides))}>
          Merge and save
        </Button>
      </footer>
    </div>
  );
}
