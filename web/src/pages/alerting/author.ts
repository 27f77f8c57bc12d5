/** Who acts in this browser, so that it need not be typed again. */

import { makeStored } from "../../state/stored";

export const asName = (stored: unknown): string => (typeof stored === "string" ? stored.slice(0, 200) : "");

export const author = makeStored<string>("silence-author", asName);
