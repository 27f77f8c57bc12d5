/** The chosen time zone: in the address (`timezone`, as in Grafana), else as the browser remembers it. */

import { isZone, setZone, type Zone } from "../model/zone";
import { currentAddress, setParams } from "./location";
import { makeStored } from "./stored";
import { useStore } from "./store";

const PARAM = "timezone";

const remembered = makeStored<Zone>("timezone", (stored) =>
  typeof stored === "string" && isZone(stored) ? stored : "browser",
);

const fromAddress = currentAddress().params.get(PARAM);
if (fromAddress !== null && isZone(fromAddress)) remembered.set(fromAddress);
setZone(remembered.get());
remembered.subscribe(() => setZone(remembered.get()));

/** The zone in effect; renders again when it changes. */
export const useZone = (): Zone => useStore(remembered);

/** Chooses and remembers; the address says so too, so that a copied link shows the same times. */
export function chooseZone(zone: Zone): void {
  remembered.set(zone);
  setParams({ [PARAM]: zone === "browser" ? undefined : zone }, true);
}
