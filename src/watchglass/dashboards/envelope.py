"""What people send as dashboards: bare, in one of Grafana's envelopes, as a resource of its newer API, or many at once.

Whatever the envelope, what counts as the dashboard's document is kept to the byte.
Source: Grafana, docs/developers/http_api/dashboard; pkg/api/dtos; apps/dashboard (resources v1, v2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from watchglass.dashboards.json_text import check_depth, items, members, parse
from watchglass.dashboards.refusal import RefusalError

GENERAL = frozenset({"", "general"})  # uids of no folder
_LISTS = ("dashboards", "items")  # under which a bundle has its dashboards
_INSIDE = ("dashboard", "json")  # Grafana's API; the catalogue of grafana.com
_OF_ONE = (*_INSIDE, "panels", "rows", "spec", "title")  # keys of a single one
_FOLDER = "grafana.app/folder"  # an annotation of a resource
_TITLE_CHARS, _TAG_CHARS, _MESSAGE_CHARS, _TAGS = 500, 200, 2000, 200


@dataclass(frozen=True, slots=True)
class Draft:
    """A dashboard on its way in.

    Attributes:
        text: its document.
        title: empty where it has none.
        uid: empty where it has none.
        number: its `id`, which means something only where it was given; 0 for none.
        version: that it was made from; 0 where it does not say.
        folder_uid: where it belongs; empty for no folder.
        folder_title: how that folder is to be called where it is not there; empty where it must be there.
        answers: what the envelope gives for the inputs that the document asks for; None where it says nothing of them.
        is_classic: the document is the dashboard itself, in the shape that Grafana's API of dashboards speaks.
    """

    text: str
    title: str = ""
    description: str = ""
    uid: str = ""
    number: int = 0
    version: int = 0
    tags: tuple[str, ...] = ()
    folder_uid: str = ""
    folder_title: str = ""
    folder_number: int = 0
    overwrite: bool = False
    message: str = ""
    answers: tuple[Any, ...] | None = None
    is_classic: bool = True


@dataclass(frozen=True, slots=True)
class Bundle:
    """What one body brought."""

    drafts: list[Draft | RefusalError] = field(default_factory=list)
    folders: list[Mapping[str, Any]] = field(default_factory=list)


def read_one(text: str) -> Draft:
    """The one dashboard of a text, in whatever envelope.

    Raises:
        RefusalError: it is not JSON, or holds no dashboard.
    """
    try:
        return _draft(text, parse(text))
    except ValueError as error:
        raise RefusalError(f"bad request data: {error}") from None


def read_bundle(text: str) -> Bundle:
    """Every dashboard of a text: one, a list of them, or an object that has such a list.

    Of many, one that is none is a refusal in its place.

    Raises:
        RefusalError: it is not JSON.
    """
    try:
        start = len(text) - len(text.lstrip())
        if text[start : start + 1] == "[":
            return Bundle([_tried(text[item.start : item.end], item.value) for item in items(text)])
        many = _bundle_of(text) if text[start : start + 1] == "{" else None
        return many or Bundle([_tried(text, parse(text))])
    except ValueError as error:
        raise RefusalError(f"bad request data: {error}") from None


def _bundle_of(text: str) -> Bundle | None:
    """What lies in the list of an object that has one, and is no dashboard itself."""
    found = {member.key: member for member in members(text, unread=_LISTS)}
    listed = next((found[key] for key in _LISTS if key in found and text[found[key].start] == "["), None)
    if listed is None or not found.keys().isdisjoint(_OF_ONE):
        return None
    folders = found["folders"].value if "folders" in found else []
    drafts = [_tried(text[item.start : item.end], item.value) for item in items(text, listed.start)]
    return Bundle(drafts, [each for each in folders if isinstance(each, dict)] if isinstance(folders, list) else [])


def _tried(text: str, value: Any) -> Draft | RefusalError:
    try:
        check_depth(value)
        return _draft(text, value)
    except RefusalError as refusal:
        return refusal
    except ValueError as error:
        return RefusalError(f"bad request data: {error}")


def _draft(text: str, value: Any) -> Draft:
    """The dashboard in an envelope, or the value itself as one."""
    if not isinstance(value, dict):
        raise RefusalError("bad request data: a dashboard is a JSON object")
    key = next((key for key in _INSIDE if isinstance(value.get(key), dict)), None)
    if key is None or "panels" in value:
        if "dashboard" in value and "panels" not in value:
            raise RefusalError("bad request data: dashboard is not a JSON object")
        return _document(text, value)
    member = [each for each in members(text) if each.key == key][-1]
    draft = _document(text[member.start : member.end], value[key])
    meta = value.get("meta")
    return _placed(draft, value, meta if isinstance(meta, dict) else {})


def _placed(draft: Draft, envelope: Mapping[str, Any], meta: Mapping[str, Any]) -> Draft:
    """The draft with what its envelope says of it."""
    folder_uid = _word(envelope.get("folderUid")) or _word(meta.get("folderUid")) or draft.folder_uid
    return replace(
        draft,
        uid=_word(meta.get("uid")) or draft.uid,
        folder_uid="" if folder_uid in GENERAL else folder_uid,
        folder_title=_word(meta.get("folderTitle"))[:_TITLE_CHARS],
        folder_number=_whole(envelope.get("folderId")),
        overwrite=envelope.get("overwrite") is True,
        message=_word(envelope.get("message"))[:_MESSAGE_CHARS],
        answers=_answers(envelope.get("inputs")),
    )


def _answers(inputs: Any) -> tuple[Any, ...] | None:
    if inputs is not None and not isinstance(inputs, list):
        raise RefusalError("bad request data: inputs must be a list")
    return None if inputs is None else tuple(inputs)


def _document(text: str, value: Mapping[str, Any]) -> Draft:
    """What a document says of itself."""
    spec, metadata = value.get("spec"), value.get("metadata")
    if "apiVersion" in value and isinstance(spec, dict):
        about = metadata if isinstance(metadata, dict) else {}
        annotations = about.get("annotations")
        folder = _word(annotations.get(_FOLDER)) if isinstance(annotations, dict) else ""
        draft = _said(text, spec, _word(about.get("name")) or _word(spec.get("uid")))
        return replace(draft, folder_uid="" if folder in GENERAL else folder, is_classic=False)
    return _said(text, value, _word(value.get("uid")))


def _said(text: str, board: Mapping[str, Any], uid: str) -> Draft:
    tags = board.get("tags")
    is_panel = "targets" in board and "panels" not in board and "rows" not in board
    return Draft(
        text=text,
        title=_word(board.get("title")).strip()[:_TITLE_CHARS],
        description=_word(board.get("description")).strip()[:_TITLE_CHARS],
        uid=uid.strip(),
        number=_whole(board.get("id")),
        version=_whole(board.get("version")),
        tags=tuple(dict.fromkeys(tag[:_TAG_CHARS] for tag in map(_word, tags) if tag))[:_TAGS]
        if isinstance(tags, list)
        else (),
        is_classic=not is_panel and "elements" not in board,
    )


def _word(value: Any) -> str:
    """Text as a database takes it; empty for anything else."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**53 else 0
