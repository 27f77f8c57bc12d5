"""Folders, with Grafana's rules."""

import pytest
from shelf_support import draft, make_shelf

from watchglass.dashboards.records import Provision
from watchglass.dashboards.refusal import RefusalError


@pytest.fixture
def shelf(tmp_path):
    return make_shelf(tmp_path)


@pytest.fixture
def folders(shelf):
    return shelf.folders


def status_of(work, *arguments, **more):
    with pytest.raises(RefusalError) as error:
        work(*arguments, **more)
    return error.value.status, str(error.value)


def test_a_folder_has_a_uid_made_of_its_title(folders):
    folder = folders.create("LLM gateways", "me")

    assert (folder.uid, folder.version, folder.url) == ("llm-gateways", 1, "/dashboards/f/llm-gateways/llm-gateways")
    assert folders.create("LLM  gateways!", "me").uid not in {"", "llm-gateways"}
    assert folders.create("日本", "me").uid not in {"", "-"}


@pytest.mark.parametrize(
    ("title", "uid", "status"),
    [
        ("", "", 400),
        (" ", "", 400),
        ("General", "", 409),
        ("x" * 501, "", 400),
        ("A", "a b", 400),
        ("A", "x" * 41, 400),
    ],
)
def test_what_cannot_be_a_folder_is_refused(folders, title, uid, status):
    assert status_of(folders.create, title, "me", uid)[0] == status


def test_title_and_uid_are_taken_once(folders):
    folders.create("A", "me", "a")

    assert status_of(folders.create, "A", "me")[0] == 409
    assert status_of(folders.create, "B", "me", "a")[0] == 409


def test_renaming_asks_for_the_newest_version(folders):
    folders.create("A", "me", "a")
    folders.create("B", "me", "b")
    assert folders.rename("a", "C", "you", 1).version == 2

    assert status_of(folders.rename, "a", "D", "me", 1)[0] == 412
    assert status_of(folders.rename, "a", "B", "me", 2)[0] == 409
    assert status_of(folders.rename, "x", "B", "me", 2) == (404, "Folder not found")
    assert folders.rename("a", "D", "me", 1, overwrite=True).title == "D"
    assert folders.rename("a", "D", "me", 3).version == 4


def test_a_folder_goes_with_what_is_in_it(folders, shelf):
    folder = folders.create("A", "me")
    shelf.boards.save(draft(envelope={"folderUid": folder.uid}), "me")
    outside = shelf.boards.save(draft("Outside"), "me")

    folders.delete(folder.uid)

    assert shelf.boards.listed() == [outside]
    assert folders.listed() == []


def test_a_folder_of_dashboards_from_files_stays(folders, shelf):
    folder = folders.create("A", "me", "a")
    shelf.boards.provide(draft("Of a file", uid="f", envelope={"folderUid": folder.uid}), Provision("P", "f.json", "s"))

    assert status_of(folders.delete, "a") == (
        400,
        "the folder holds provisioned dashboards, which cannot be deleted: Of a file",
    )
    assert shelf.boards.find("f") is not None


def test_ensuring_makes_one_only_once(folders):
    made = folders.ensure("A", "me")

    assert folders.ensure("A", "me", "other") == made
    assert folders.ensure("B", "me", made.uid) == made
    assert folders.ensure("B", "me", "b").uid == "b"
