/** Leaving with unsaved changes, also by Back: the browser asks, and inside of the page a dialog does. */

import { useEffect, useState } from "react";
import { goTo, guardLeaving } from "../../state/location";

export interface Leaving {
  /** Where the user wants to go; undefined while nobody wants to leave. */
  to: string | undefined;
  stay: () => void;
  /** Goes there; the draft stays in the browser. */
  leave: () => void;
}

/** The page of an address: dashboards may be called by their uid alone, or with their name after it. */
const pageOf = (address: string): string => {
  const [path = ""] = address.split("?");
  return /\/d\/[^/]+/.exec(path)?.[0] ?? path;
};

/** Whether an address still belongs to the editing of the page. */
const staysHere = (to: string, from: string): boolean => {
  const edits = new URLSearchParams(to.split("?")[1] ?? "").has("edit");
  return pageOf(to) === pageOf(from) && (edits || pageOf(to).endsWith("/dashboard/new"));
};

/** Holds the user back while there is something to lose. */
export function useLeaving(dirty: boolean): Leaving {
  const [to, setTo] = useState<string>();
  useEffect(() => {
    if (!dirty) return;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    const release = guardLeaving((target, from) => {
      if (staysHere(target, from)) return true;
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
      if (to !== undefined) goTo(to);
    },
  };
}
