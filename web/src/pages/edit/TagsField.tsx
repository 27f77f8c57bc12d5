/** Tags as one text with commas: what is typed stays as it is typed, and is told as a list. */

import { useState } from "react";
import { TextField } from "./fields";

interface TagsFieldProps {
  tags: readonly string[];
  hint?: string;
  onChange: (tags: readonly string[]) => void;
}

export function TagsField({ tags, hint = "With commas between them.", onChange }: TagsFieldProps) {
  const [text, setText] = useState(tags.join(", "));
  const tell = (next: string): void => {
    setText(next);
    const named = next.split(",").map((tag) => tag.trim());
    onChange([...new Set(named.filter((tag) => tag !== ""))]);
  };
  return <TextField label="Tags" hint={hint} value={text} onChange={tell} />;
}
