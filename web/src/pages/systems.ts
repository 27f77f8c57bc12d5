/** The pages that say what is watched, in one file: who looks at one of them looks at the other. */

export { PacksPage } from "./packs/PacksPage";
export { TargetsPage } from "./targets/TargetsPage";
