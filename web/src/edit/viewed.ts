/** Where one is after saving: at the dashboard, over the range and with the values that one had. Pure. */

/** What an address says of editing, and not of what is looked at. */
const OF_EDITING = ["edit", "editPanel", "editview", "draft"];

/** The address of what is saved, below the base, with what is looked at in the address of its editor. */
export function asViewed(url: string, params: URLSearchParams): string {
  const kept = new URLSearchParams(params);
  for (const name of OF_EDITING) kept.delete(name);
  const query = kept.toString().replaceAll("%3A", ":");
  return url.replace(/^\//, "") + (query === "" ? "" : `?${query}`);
}
