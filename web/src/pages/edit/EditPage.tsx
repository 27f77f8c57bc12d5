/** Editing a dashboard: its document and, where there is one, the draft of it that this browser has kept. */

import { useQuery } from "@tanstack/react-query";
import { Failed } from "../../components/states";
import { asNumber, asText, asTexts, type Json } from "../../model/json";
import { browserShelf, type Draft, readDraft } from "../../edit/drafts";
import type { Doc } from "../../edit/doc";
import { fetchEditable, fetchVersion } from "../../edit/save";
import { numbered } from "../../edit/start";
import { Page } from "../Page";
import { Editor } from "./Editor";
import type { Opened } from "./session";

/** Why a dashboard can be saved only as a copy; undefined where it can be saved. */
function whyCopy({ canSave, provisionedExternalId }: Json, doc: Doc): string | undefined {
  if (canSave === true) return undefined;
  const file = asText(provisionedExternalId) ?? "";
  if (file !== "")
    return `This dashboard comes from the file ${file}, which stays as it is: what you change is saved as a copy.`;
  return asTexts(doc.tags).includes("automatic")
    ? "This dashboard makes itself from what its job exposes: what you change is saved as a copy, which stays as you leave it."
    : "This dashboard comes with Watchglass: what you change is saved as a copy.";
}

/** What a draft was begun from; the current document where that version is gone, or of a form that is not edited. */
const baseOf = (draft: Draft, current: Doc, uid: string): Promise<Doc> =>
  draft.version === (asNumber(current.version) ?? 0)
    ? Promise.resolve(current)
    : fetchVersion(uid, draft.version)
        .then((version) => (Array.isArray(version.panels) ? numbered(version) : current))
        .catch(() => current);

async function open(uid: string): Promise<Opened> {
  const { doc, meta, translated } = await fetchEditable(uid);
  const copyOnly = whyCopy(meta, doc);
  const draft = readDraft(browserShelf, uid, Date.now());
  const shared = {
    uid,
    draft: uid,
    folderUid: asText(meta.folderUid) ?? "",
    translated,
    ...(copyOnly === undefined ? {} : { copyOnly }),
  };
  if (draft === undefined) return { ...shared, base: doc, doc, behind: false };
  const base = await baseOf(draft, doc, uid);
  return { ...shared, base, doc: draft.doc, draftMs: draft.atMs, behind: base !== doc };
}

export function EditPage({ uid }: { uid: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ["editing", uid],
    queryFn: () => open(uid),
    staleTime: Infinity,
    gcTime: 0, // what is opened the next time is read anew
  });
  if (data !== undefined) return <Editor opened={data} />;
  return (
    <Page title={error === null ? "" : "Edit"}>
      {error !== null && (
        <Failed
          title="The dashboard could not be opened"
          message={error.message}
          onRetry={() => void refetch()}
        />
      )}
    </Page>
  );
}
