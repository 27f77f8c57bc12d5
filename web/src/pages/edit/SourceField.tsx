/** Which data source is asked: offered where there is more than one to choose from. */

import { useQuery } from "@tanstack/react-query";
import { asList, asObject, asText } from "../../model/json";
import { sourceName } from "../../model/source";
import { sourcesQuery } from "../../query/sources";
import type { Doc } from "../../edit/doc";
import { ChoiceField, type Choices } from "./fields";
import { useEditing } from "./session";

/** Variables of the document that hold a data source. */
const sourceVariables = (doc: Doc): string[] =>
  asList(asObject(doc.templating).list)
    .map(asObject)
    .flatMap(({ type, name }) => (type === "datasource" ? [asText(name) ?? ""] : []));

interface SourceFieldProps {
  label?: string;
  /** The label is heard and not seen. */
  bare?: boolean;
  /** As the document names it. */
  value: unknown;
  onChange: (name: string) => void;
}

/** Nothing while there is one source alone. */
export function SourceField({ label = "Data source", bare = false, value, onChange }: SourceFieldProps) {
  const { doc } = useEditing();
  const { data: sources = [] } = useQuery(sourcesQuery);
  if (sources.length < 2) return null;
  const usual = sources.find(({ isDefault }) => isDefault);
  const choices: Choices = [
    ["", usual === undefined ? "Default" : `Default (${usual.name})`],
    ...sources.map(({ uid, name }) => [uid, name] as const),
    ...sourceVariables(doc).map((name) => [`\${${name}}`, `$${name}`] as const),
  ];
  return (
    <ChoiceField label={label} bare={bare} value={sourceName(value)} choices={choices} onChange={onChange} />
  );
}
