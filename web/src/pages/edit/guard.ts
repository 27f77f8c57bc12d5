/** Leaving with unsaved changes: the browser asks, and inside of the page a dialog does. */

import { useEffect, useState } from "react";
import { guardLeaving, navigate } from "../../state/location";

export interface Leaving {
  /** Where the user wants to go; undefined while nobody wants to leave. */
  to: string | undefined;
  stay: () => void;
  /** Goes there; the draft stays in the browser. */
  leave: () => void;
}

/** Whether an address still belongs to the editing of the page. */
const staysHere = (to: string): boolean => {
  const [path = "", search = ""] = to.split("?");
  const here = location.pathname.endsWith(path.replace(/^\//, ""));
  const params = new URLSearchParams(search);
  return here && (params.has("edit") || path.startsWith("dashboard/new"));
};

/** Holds the user back while there is something to lose. */
export function useLeaving(dirty: boolean): Leaving {
  const [to, setTo] = useState<string>();
  useEffect(() => {
    if (!dirty) return;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    const release = guardLeaving((target) => {
      if (staysHere(target)) return true;
      setTo(target);
      return false;
    });
    return () => {
      window.removeEventListener("beforeunload", warn);
      release();
    };
  }, [dirty]);
  return {
    to,
    stay: () => setTo(undefined),
    leave: () => {
      guardLeaving(undefined);
      if (to !== undefined) navigate(to);
    },
  };
}
