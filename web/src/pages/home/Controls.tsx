/** What stands beside the title of the list: a new dashboard, an import, and what one does less often. */

import { useState } from "react";
import { EXPORT_ADDRESS } from "../../api/library";
import { Button } from "../../components/Button";
import { Icon } from "../../components/icons";
import { Choice, Popover } from "../../components/Popover";
import { navigate } from "../../state/location";
import styles from "./Controls.module.css";
import { downloadFrom } from "./transfer";

export const goToNew = (): void => navigate("dashboard/new");
export const goToImport = (): void => navigate("dashboards/import");

function More({ onFolder }: { onFolder: () => void }) {
  const [open, setOpen] = useState(false);
  const choose = (run: () => void) => (): void => {
    setOpen(false);
    run();
  };
  return (
    <Popover label="More" icon="more" open={open} onOpen={setOpen}>
      <Choice icon={<Icon name="folder" />} onChoose={choose(onFolder)}>
        New folder…
      </Choice>
      <Choice
        icon={<Icon name="download" />}
        onChoose={choose(() => downloadFrom(EXPORT_ADDRESS, "dashboards.json"))}
      >
        Export all that is saved
      </Choice>
      <Choice icon={<Icon name="trash" />} onChoose={choose(() => navigate("dashboards/deleted"))}>
        Recently deleted
      </Choice>
    </Popover>
  );
}

export function Controls({ onFolder }: { onFolder: () => void }) {
  return (
    <>
      <Button icon="plus" aria-label="New dashboard" title="New dashboard (n)" onClick={goToNew}>
        <span className={styles.word}>New</span>
      </Button>
      <Button icon="upload" aria-label="Import" title="Import dashboards (i)" onClick={goToImport}>
        <span className={styles.word}>Import</span>
      </Button>
      <More onFolder={onFolder} />
    </>
  );
}
