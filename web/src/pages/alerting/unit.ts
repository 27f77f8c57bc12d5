/** The unit of an alert's value, as far as its expression tells. Pure. */

import { guessUnit } from "../explore/unit";
import type { AlertRow } from "./alerts";
import { splitComparison } from "./comparison";

export const unitOfExpr = (expr: string): string => guessUnit(splitComparison(expr)?.expr ?? expr) ?? "short";

export const unitOf = ({ rule }: AlertRow): string => (rule === undefined ? "short" : unitOfExpr(rule.query));
