/** How long ago, and how long until, from now. */

import { describeAge } from "../../model/timerange";

/** `3 min`, for what began then. */
export const ageOf = (ms: number): string => describeAge(Date.now() - ms);

/** `3 min`, for what comes then. */
export const timeUntil = (ms: number): string => describeAge(ms - Date.now());

/** When what lasts so long from now is over. */
export const endOf = (ms: number): number => Date.now() + ms;
