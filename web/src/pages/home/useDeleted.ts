/** What one does with a dashboard that was deleted, and what came of it. */

import * as library from "../../api/library";
import { navigate } from "../../state/location";
import { restoredText } from "./deleted";
import { useWork, type Notice } from "./useWork";

type Deleted = library.DeletedDashboard;

export function useDeleted() {
  const { run, ...rest } = useWork();
  const restore = (deleted: Deleted, copy = false): Promise<void> =>
    run(`“${deleted.title}” was not restored`, async () => {
      const restored = await library.restoreDashboard(deleted, copy);
      const text = restoredText(deleted.title, restored);
      return restored.status === "success"
        ? { kind: "done", text, ...opening(restored) }
        : { kind: "failed", text, ...copying(deleted) };
    });
  const copying = (deleted: Deleted): Pick<Notice, "action"> => ({
    action: { label: "Restore a copy", icon: "copy", run: () => void restore(deleted, true) },
  });
  const forget = (deleted: Deleted): Promise<void> =>
    run(`“${deleted.title}” was not deleted`, async () => {
      await library.forgetDashboard(deleted.id);
      return { kind: "done", text: `“${deleted.title}” is gone for good.` };
    });
  return { ...rest, restore, forget };
}

const opening = ({ url = "" }: library.Restored): Pick<Notice, "action"> => ({
  action: { label: "Open it", icon: "right", run: () => navigate(url.replace(/^\//, "")) },
});
