/** The dialog that is open: about moving, deleting, or a folder. */

import type { DashboardHit } from "../../api/catalog";
import type { Folder } from "../../api/library";
import { DeleteDialog, FolderDialog, MoveDialog } from "./Dialogs";
import type { Actions } from "./useActions";

export type Asking =
  | { what: "move"; hits: DashboardHit[] }
  | { what: "delete"; hits: DashboardHit[] }
  | { what: "folder"; folder?: Folder }
  | undefined;

interface AskedProps {
  asking: Asking;
  folders: readonly Folder[];
  actions: Actions;
  onClose: () => void;
  /** The dashboards were moved or deleted. */
  onDone: () => void;
}

export function Asked({ asking, folders, actions, onClose, onDone }: AskedProps) {
  if (asking === undefined) return null;
  if (asking.what === "delete") {
    const remove = () => actions.remove(asking.hits).then(onDone);
    return <DeleteDialog hits={asking.hits} onClose={onClose} onDelete={remove} />;
  }
  if (asking.what === "move") {
    return (
      <MoveDialog
        hits={asking.hits}
        folders={folders}
        onClose={onClose}
        onMake={actions.makeFolder}
        onMove={(to) => actions.move(asking.hits, to).then(onDone)}
      />
    );
  }
  const { folder } = asking;
  const name = (title: string): Promise<unknown> =>
    folder === undefined ? actions.makeFolder(title) : actions.renameFolder(folder, title);
  return <FolderDialog folder={folder} onClose={onClose} onDone={name} />;
}
