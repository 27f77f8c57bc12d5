/** The links above the panels: to an address, or to all dashboards of some tags. */

import { Button } from "../../components/Button";
import { asText, asTexts, type Json } from "../../model/json";
import { moveEntry } from "../../edit/doc";
import { faultOfUrl, linksOf, sayLink } from "../../edit/linklist";
import { setAt } from "../../edit/tree";
import { Card, useOpenCard } from "./Card";
import { ChoiceField, SwitchField, TextField } from "./fields";
import { TagsField } from "./TagsField";
import { useEditing } from "./session";
import cards from "./Card.module.css";

const NEW: Json = { type: "link", title: "", url: "" };

interface FormProps {
  link: Json;
  set: (key: string, value: unknown) => void;
}

function LinkForm({ link, set }: FormProps) {
  const byTags = link.type === "dashboards";
  const toggle = (key: string, label: string) => (
    <SwitchField
      label={label}
      value={link[key] === true}
      onChange={(on) => set(key, on ? true : undefined)}
    />
  );
  return (
    <>
      <div className={cards.two}>
        <ChoiceField
          label="Leads to"
          value={byTags ? "dashboards" : "link"}
          choices={[
            ["link", "An address"],
            ["dashboards", "Dashboards by tag"],
          ]}
          onChange={(type) => set("type", type)}
        />
        <TextField
          label="Title of the link"
          value={asText(link.title) ?? ""}
          placeholder={byTags ? "the tags" : "the address"}
          onChange={(title) => set("title", title)}
        />
      </div>
      {byTags ? (
        <TagsField
          tags={asTexts(link.tags)}
          hint="Dashboards that have all of them, with commas between; none means all dashboards."
          onChange={(tags) => set("tags", tags)}
        />
      ) : (
        <TextField
          label="Address"
          mono
          value={asText(link.url) ?? ""}
          placeholder="/d/uid, or https://wiki/runbook"
          hint="May contain variables, such as ${job}."
          fault={faultOfUrl(asText(link.url) ?? "")}
          onChange={(url) => set("url", url)}
        />
      )}
      <div className={cards.switches}>
        {toggle("keepTime", "Takes the time range along")}
        {toggle("includeVars", "Takes the variables along")}
        {byTags ? toggle("asDropdown", "As a menu") : toggle("targetBlank", "Opens in a new tab")}
      </div>
    </>
  );
}

export function PageLinkEditor() {
  const { doc, apply } = useEditing();
  const links = linksOf(doc.links);
  const open = useOpenCard();
  return (
    <div className={cards.cards}>
      {links.length === 0 && (
        <p className={cards.none}>Links stand above the panels, beside the variables.</p>
      )}
      {links.map((link, at) => (
        <Card
          key={at}
          name={sayLink(link)}
          about={link.type === "dashboards" ? "Dashboards by tag" : asText(link.url)}
          at={at}
          count={links.length}
          open={open.isOpen(at)}
          onOpen={(now) => open.set(now ? at : undefined)}
          onMove={(step) => {
            apply("Moved a link", (before) => moveEntry(before, ["links"], at, at + step));
            open.moved(at, step, links.length);
          }}
          onRemove={() => {
            open.set(undefined);
            apply(`Removed the link “${sayLink(link)}”`, (before) => setAt(before, ["links", at], undefined));
          }}
        >
          <LinkForm
            link={link}
            set={(key, value) =>
              apply(
                "Changed a link",
                (before) => setAt(before, ["links", at, key], value),
                `link ${at} ${key}`,
              )
            }
          />
        </Card>
      ))}
      <div>
        <Button
          icon="plus"
          onClick={() => {
            apply("Added a link", (before) => setAt(before, ["links"], [...links, NEW]));
            open.set(links.length);
          }}
        >
          Add a link
        </Button>
      </div>
    </div>
  );
}
