/** The pages of the list: they come in one file. */

export { DashboardsPage } from "./DashboardsPage";
export { DeletedPage } from "./DeletedPage";
