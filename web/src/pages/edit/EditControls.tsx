/** At the right of an edited dashboard's title: its range, the way out, and saving. */

import { useState } from "react";
import { Button } from "../../components/Button";
import { TimePicker } from "../../components/TimePicker";
import type { RawRange } from "../../model/timerange";
import { navigate, setParams } from "../../state/location";
import { setRange } from "../../state/range";
import { useEditing } from "./session";
import styles from "./Editor.module.css";

export function EditControls({ raw, onSave }: { raw: RawRange; onSave: () => void }) {
  const { opened, dirty } = useEditing();
  const [picking, setPicking] = useState(false);
  const isNew = opened.uid === "";
  const leave = (): void => {
    if (isNew) navigate("dashboards");
    else setParams({ edit: undefined, editPanel: undefined });
  };
  return (
    <>
      <TimePicker value={raw} open={picking} onOpen={setPicking} onChange={setRange} />
      <Button onClick={leave} className={styles.leave}>
        {dirty ? "Close" : "Done"}
      </Button>
      <Button
        icon="close"
        onClick={leave}
        className={styles.leaveNarrow}
        aria-label={dirty ? "Close" : "Done"}
        title={dirty ? "Close" : "Done"}
      />
      <Button primary onClick={onSave} disabled={!dirty && !isNew}>
        {opened.copyOnly === undefined ? "Save" : "Save a copy"}
      </Button>
    </>
  );
}
