"""Folders on disk: what is there is shown, what changes is followed, and what is broken is named and keeps what it had."""

import json
import os
import shutil

import pytest
from prometheus_client import CollectorRegistry
from shelf_support import NOW_MS, draft, make_shelf

from watchglass.dashboards.providers import Provider, read_providers
from watchglass.dashboards.records import SaveLimits
from watchglass.dashboards.refusal import RefusalError
from watchglass.errors import ConfigError


class Disk:
    """A folder with dashboards, and what is shown of it."""

    def __init__(self, tmp_path, **provider):
        self.folder, self.now_ms, self.data = tmp_path / "boards", NOW_MS, tmp_path / "data"
        self.folder.mkdir()
        self.providers = [Provider("P", self.folder, **provider)]
        self.registry = CollectorRegistry()
        self.shelf = self.opened()

    def opened(self):
        return make_shelf(self.data, providers=lambda: self.providers, limits=SaveLimits(document_bytes=10_000))

    def write(self, name, title, **more):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        self.text(name, json.dumps({"title": title, **more}))

    def text(self, name, text):
        path = self.folder / name
        path.write_text(text)
        self.now_ms += 1_000_000  # so that its time differs, however fast the test is
        os.utime(path, ns=(self.now_ms * 1_000_000, self.now_ms * 1_000_000))

    def look(self, seconds=10):
        self.now_ms += seconds * 1000
        self.shelf.provisioner.look(self.now_ms)
        return self.titles()

    def titles(self):
        return {board.uid: board.title for board in self.shelf.boards.listed()}

    def troubles(self):
        return [(os.path.relpath(each.file, self.folder), each.message) for each in self.shelf.provisioner.troubles()]


@pytest.fixture
def disk(tmp_path):
    return Disk(tmp_path)


def test_what_is_there_is_shown_and_kept_byte_for_byte(disk):
    disk.text("a.json", '{ "uid":"a", "title":"A", "n": 1.00 }')
    disk.text("b.json", '{"dashboard": {"title":"B","uid":"b"}, "folderId": 0}')
    disk.write("deep/er.json", "C", uid="c")
    disk.text("readme.txt", "no")

    assert disk.look() == {"a": "A", "b": "B", "c": "C"}
    board = disk.shelf.boards.get("a")
    assert disk.shelf.boards.document(board) == '{ "uid":"a", "title":"A", "n": 1.00 }'
    assert (board.provision.external_id, board.can_save, board.updated_by) == ("a.json", False, "provisioning")
    assert disk.shelf.boards.get("c").provision.external_id == "deep/er.json"
    assert disk.troubles() == []


def test_changes_are_followed_at_the_providers_pace(disk):
    disk.write("a.json", "A", uid="a")
    assert disk.look() == {"a": "A"}
    disk.write("a.json", "A2", uid="a")
    disk.write("b.json", "B", uid="b")
    disk.now_ms = disk.shelf.provisioner.shown()[0]["lookedMs"]

    assert disk.look(seconds=9) == {"a": "A"}
    assert disk.look(seconds=1) == {"a": "A2", "b": "B"}
    assert disk.shelf.boards.get("a").version == 2


def test_what_is_the_same_is_not_saved_again_also_after_a_start(disk):
    disk.write("a.json", "A", uid="a")
    disk.look()
    os.utime(disk.folder / "a.json", (1, 1))
    disk.look()
    disk.shelf.boards.meta.close()
    disk.shelf = disk.opened()
    disk.look()

    assert disk.shelf.boards.get("a").version == 1


def test_a_file_that_is_gone_takes_its_dashboard_with_it(disk):
    disk.write("a.json", "A", uid="a")
    disk.write("b.json", "B", uid="b")
    disk.look()
    (disk.folder / "a.json").unlink()

    assert disk.look() == {"b": "B"}


def test_or_leaves_it_to_people_where_deletion_is_off(tmp_path):
    disk = Disk(tmp_path, disable_deletion=True)
    disk.write("a.json", "A", uid="a")
    disk.look()
    (disk.folder / "a.json").unlink()

    assert disk.look() == {"a": "A"}
    assert disk.shelf.boards.get("a").can_save


def test_a_renamed_file_is_the_same_dashboard(disk):
    disk.write("a.json", "A", uid="a")
    disk.look()
    (disk.folder / "a.json").rename(disk.folder / "b.json")

    assert disk.look() == {"a": "A"}
    board = disk.shelf.boards.get("a")
    assert (board.version, board.provision.external_id) == (1, "b.json")


def test_another_uid_in_a_file_is_another_dashboard(disk):
    disk.write("a.json", "A", uid="a")
    disk.look()
    disk.write("a.json", "A", uid="other")

    assert disk.look() == {"other": "A"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"title": "A2", "uid": "a"', "it is not JSON: line 1"),
        ("[1]", "a dashboard is a JSON object"),
        ('{"title": "A2", "uid": "a b"}', "uid contains illegal characters"),
        (
            '{"title": "A2", "uid": "a", "pad": "%s"}' % ("x" * 10_000),
            "larger than 10000 bytes (dashboards.size_limit)",
        ),
    ],
)
def test_a_broken_file_keeps_what_it_had_and_is_named(disk, caplog, text, said):
    disk.write("a.json", "A", uid="a")
    disk.look()
    disk.text("a.json", text)

    assert disk.look() == {"a": "A"}
    ((file, message),) = disk.troubles()
    assert file == "a.json"
    assert said in message
    assert disk.shelf.provisioner.troubles()[0].uid == "a"
    disk.look()
    assert [record.levelname for record in caplog.records if "not taken" in record.message] == ["WARNING"], "said once"

    disk.shelf.boards.meta.close()
    disk.shelf = disk.opened()
    assert disk.look() == {"a": "A"}, "after a start too"
    disk.write("a.json", "A3", uid="a")
    assert disk.look() == {"a": "A3"}
    assert disk.troubles() == []


def test_of_two_files_with_one_uid_the_first_stays_and_the_other_is_named(disk):
    disk.write("b.json", "B", uid="a")
    disk.look()
    disk.write("a.json", "A", uid="a")

    assert disk.look() == {"a": "B"}
    assert disk.troubles() == [("a.json", f'its uid "a" is that of {disk.folder}/b.json, which is shown')]
    disk.shelf.boards.meta.close()
    disk.shelf = disk.opened()
    assert disk.look() == {"a": "B"}, "also after a start"
    (disk.folder / "b.json").unlink()
    disk.look()
    assert disk.look() == {"a": "A"}
    assert disk.troubles() == []


def test_without_a_uid_the_file_decides(disk):
    disk.text("a.json", '{"title":"Same"}')
    disk.text("b.json", '{"title":"Same"}')
    disk.text("c.json", '{"panels":[]}')
    first = disk.look()
    disk.text("a.json", '{"title":"Same","panels":[]}')

    assert sorted(first.values()) == ["Same", "Same", "c"]
    assert disk.look() == first


def test_what_people_saved_stays_theirs_and_a_file_of_its_uid_is_named(tmp_path):
    disk = Disk(tmp_path, folder="Team")
    disk.shelf.boards.save(draft("Mine", uid="a"), "me")
    disk.write("a.json", "A", uid="a")
    disk.write("b.json", "B", uid="b")

    assert disk.look() == {"a": "Mine", "b": "B"}
    ((file, message),) = disk.troubles()
    assert file == "a.json"
    assert 'its uid "a" is that of "Mine", which somebody saved here' in message
    (disk.folder / "a.json").unlink()
    assert disk.look() == {"a": "Mine", "b": "B"}
    assert disk.troubles() == []
    assert disk.shelf.boards.get("a").version == 1


def test_a_file_that_is_not_taken_makes_no_folder(tmp_path):
    disk = Disk(tmp_path, folder="Team")
    disk.shelf.boards.save(draft("Mine", uid="a"), "me")
    disk.write("a.json", "A", uid="a")
    disk.look()

    assert disk.shelf.folders.titled("Team") is None


def test_the_file_is_taken_once_the_persons_dashboard_is_deleted_which_can_be_had_back_after_it(disk):
    disk.shelf.boards.save(draft("Mine", uid="a"), "me")
    disk.write("a.json", "A", uid="a")
    disk.look()
    disk.shelf.boards.delete("a")

    assert disk.look() == {"a": "A"}
    assert disk.troubles() == []
    (disk.folder / "a.json").unlink()
    assert disk.look() == {}
    assert disk.shelf.boards.bring_back("a").title == "Mine"


def test_a_provider_of_another_name_takes_the_dashboards_of_its_files_again(disk):
    disk.write("a.json", "A", uid="a")
    disk.look()
    disk.providers = [Provider("Q", disk.folder)]

    assert disk.look() == {"a": "A"}
    assert disk.troubles() == []
    assert disk.shelf.boards.get("a").provision.provider == "Q"


def test_what_people_saved_over_a_file_can_be_had_back_when_the_file_is_gone(tmp_path):
    disk = Disk(tmp_path, allow_ui_updates=True)
    disk.write("a.json", "A", uid="a")
    disk.write("b.json", "B", uid="b")
    disk.look()
    disk.shelf.boards.save(draft("Edited", uid="a", version=1), "me")
    for name in ("a.json", "b.json"):
        (disk.folder / name).unlink()
    assert disk.look() == {}

    back = disk.shelf.boards.bring_back("a")
    assert (back.title, back.version, back.is_provisioned) == ("Edited", 2, False)
    assert json.loads(disk.shelf.boards.document(back, 1))["title"] == "A"
    assert disk.look() == {"a": "Edited"}, "it is a person's now, and no file's to remove"
    with pytest.raises(RefusalError):
        disk.shelf.boards.bring_back("b")


def test_edits_stay_until_the_file_changes_where_they_are_allowed(tmp_path):
    disk = Disk(tmp_path, allow_ui_updates=True)
    disk.write("a.json", "A", uid="a")
    disk.look()
    disk.shelf.boards.save(draft("Edited", uid="a", version=1), "me")

    assert disk.look() == {"a": "Edited"}
    disk.write("a.json", "A2", uid="a")
    assert disk.look() == {"a": "A2"}


def test_folders_are_those_of_the_provider_or_of_the_disk(tmp_path):
    disk = Disk(tmp_path, folder="Team", folder_uid="team")
    disk.write("a.json", "A", uid="a")
    disk.look()
    assert disk.shelf.folders.get(disk.shelf.boards.get("a").folder_uid).title == "Team"
    assert disk.shelf.boards.get("a").folder_uid == "team"

    disk.write("Inner/b.json", "B", uid="b")
    disk.providers = [Provider("P", disk.folder, folders_from_structure=True)]
    disk.look()
    inner = disk.shelf.boards.get("b").folder_uid
    assert disk.shelf.folders.get(inner).title == "Inner"


def test_a_folder_that_is_not_there_is_named_and_deletes_nothing(disk):
    disk.write("a.json", "A", uid="a")
    disk.look()
    shutil.move(disk.folder, disk.folder.with_name("away"))

    assert disk.look() == {"a": "A"}
    assert disk.troubles() == [(".", "cannot be read: No such file or directory")]
    shutil.move(disk.folder.with_name("away"), disk.folder)
    assert disk.look() == {"a": "A"}
    assert disk.troubles() == []


def test_a_provider_that_is_named_no_more_leaves_its_dashboards_to_people(disk):
    disk.write("a.json", "A", uid="a")
    disk.look()
    disk.providers = []

    assert disk.look() == {"a": "A"}
    assert disk.shelf.boards.get("a").can_save


def test_broken_providers_leave_everything_as_it_was(disk, tmp_path):
    disk.write("a.json", "A", uid="a")
    disk.look()
    (tmp_path / "p.yml").write_text("providers: {")

    def broken():
        return read_providers(tmp_path / "p.yml", [])

    with pytest.raises(ConfigError):
        broken()
    disk.shelf.provisioner._providers = broken
    disk.write("b.json", "B", uid="b")
    assert disk.look() == {"a": "A", "b": "B"}
    assert disk.shelf.provisioner.troubles()[0].file == str(tmp_path / "p.yml")
    assert not disk.shelf.boards.get("a").can_save


def test_links_in_circles_end(disk):
    disk.write("a.json", "A", uid="a")
    (disk.folder / "loop").symlink_to(disk.folder)
    (disk.folder / "pipe.json").symlink_to("/dev/null")

    assert disk.look() == {"a": "A"}
