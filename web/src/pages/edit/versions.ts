/** Looking at versions and joining them: seldom needed, and loaded together. */

export { ConflictView } from "./ConflictView";
export { HistoryPage } from "./HistoryPage";
