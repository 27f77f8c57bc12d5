/** Links of a panel or of its values: title, address, whether a tab of its own; added, ordered and removed. */

import { Button } from "../../components/Button";
import { asText, type Json } from "../../model/json";
import { faultOfUrl, linksOf, NEW_LINK, sayLink } from "../../edit/linklist";
import { setAt } from "../../edit/tree";
import { Card, useOpenCard } from "./Card";
import { SwitchField, TextField } from "./fields";
import cards from "./Card.module.css";

interface LinkEditorProps {
  /** The list of links, as a document has it. */
  value: unknown;
  onChange: (change: (value: unknown) => unknown, key?: string) => void;
  /** What an address may be made of, in a few words. */
  hint: string;
}

export function LinkEditor({ value, onChange, hint }: LinkEditorProps) {
  const links = linksOf(value);
  const open = useOpenCard();
  const change = (next: (links: Json[]) => readonly Json[], key?: string): void =>
    onChange((before) => next(linksOf(before)), key);
  const put = (at: number, key: string, to: unknown): void =>
    change((before) => setAt(before, [at, key], to), `link ${at} ${key}`);
  return (
    <div className={cards.cards}>
      {links.map((link, at) => (
        <Card
          key={at}
          name={sayLink(link)}
          about={asText(link.title) ? asText(link.url) : ""}
          at={at}
          count={links.length}
          open={open.isOpen(at)}
          onOpen={(now) => open.set(now ? at : undefined)}
          onMove={(step) => {
            change((before) => {
              const next = [...before];
              [next[at], next[at + step]] = [next[at + step]!, next[at]!];
              return next;
            });
            open.moved(at, step, links.length);
          }}
          onRemove={() => {
            open.set(undefined);
            change((before) => before.filter((_, place) => place !== at));
          }}
        >
          <TextField
            label="Title of the link"
            value={asText(link.title) ?? ""}
            onChange={(title) => put(at, "title", title)}
          />
          <TextField
            label="Address"
            mono
            value={asText(link.url) ?? ""}
            placeholder="/d/uid?var-job=${job}"
            hint={hint}
            fault={faultOfUrl(asText(link.url) ?? "")}
            onChange={(url) => put(at, "url", url)}
          />
          <SwitchField
            label="Opens in a new tab"
            value={link.targetBlank === true}
            onChange={(on) => put(at, "targetBlank", on ? true : undefined)}
          />
        </Card>
      ))}
      <div>
        <Button
          icon="plus"
          onClick={() => {
            change((before) => [...before, NEW_LINK]);
            open.set(links.length);
          }}
        >
          Add a link
        </Button>
      </div>
    </div>
  );
}
