"""Discovery files: where they may lie, and what they may do to us."""

import os
from pathlib import Path

import pytest

from watchglass.collect.discovery.files import FileLimits, list_files, look, read_files, read_group_file
from watchglass.errors import ConfigError
from watchglass.model.labels import Labels

LIMITS = FileLimits()


def write(path, address="a:1"):
    path.write_text(f'[{{"targets": ["{address}"]}}]')
    return str(path)


def addresses(reading):
    return {path: [t.get("__address__") for g in groups for t in g.targets] for path, groups in reading.groups.items()}


def test_files_are_read_with_their_path_as_label(tmp_path):
    path = write(tmp_path / "a.json")
    (group,), modified_ms = read_group_file(path, LIMITS)
    assert (group.source, group.labels) == (f"{path}:0", Labels.of(__meta_filepath=path))
    assert modified_ms == Path(path).stat().st_mtime_ns // 1_000_000


def test_yaml_and_json_by_extension_in_any_case(tmp_path):
    (tmp_path / "a.YAML").write_text("- targets: [y:1]")
    write(tmp_path / "b.JSON", "j:1")
    reading = read_files([str(tmp_path / "*")], LIMITS)
    assert sorted(addresses(reading).values()) == [["j:1"], ["y:1"]]


def test_a_file_that_breaks_keeps_its_groups_and_one_that_goes_does_not(tmp_path):
    kept, gone = write(tmp_path / "kept.json"), write(tmp_path / "gone.json", "b:1")
    pattern = [str(tmp_path / "*.json")]
    before = read_files(pattern, LIMITS)
    (tmp_path / "kept.json").write_text("[")
    Path(gone).unlink()

    after = read_files(pattern, LIMITS, before)

    assert addresses(after) == {kept: ["a:1"]}
    assert f"{kept}:1: is not JSON" in after.errors[kept]


def test_a_change_is_seen(tmp_path):
    write(tmp_path / "a.json")
    pattern = [str(tmp_path / "*.json")]
    first = look(pattern, LIMITS)
    assert look(pattern, LIMITS) == first
    write(tmp_path / "a.json", "longer:1")
    second = look(pattern, LIMITS)
    assert second != first
    write(tmp_path / "b.json")
    assert look(pattern, LIMITS) != second


def test_paths_may_lead_up_and_along_links(tmp_path):
    (tmp_path / "conf").mkdir()
    (tmp_path / "elsewhere").mkdir()
    target = write(tmp_path / "elsewhere/a.json")
    link = tmp_path / "conf/link.json"
    link.symlink_to(target)
    up = str(tmp_path / "conf/../elsewhere/*.json")

    reading = read_files([str(link), up], LIMITS)

    assert addresses(reading) == {str(link): ["a:1"], str(tmp_path / "conf/../elsewhere/a.json"): ["a:1"]}
    assert reading.errors == {}


def test_a_file_is_listed_once_and_the_number_of_files_is_bounded(tmp_path):
    names = [write(tmp_path / f"{i}.json") for i in range(5)]
    assert list_files([str(tmp_path / "*.json"), names[0]], LIMITS) == names
    assert list_files([str(tmp_path / "*.json")], FileLimits(files=2)) == names[:2]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: os.mkfifo(path), "is not a regular file"),  # noqa: PLW0108 - as the others are
        (lambda path: path.symlink_to("/dev/zero"), "is not a regular file"),
        (lambda path: path.symlink_to(path), "Too many levels of symbolic links"),
        (lambda path: path.mkdir(), "cannot be read: Is a directory"),
        (lambda path: path.write_bytes(b"\xff"), "is not UTF-8 text"),
        (lambda path: path.write_text(" " * 2000), "is larger than 1000 bytes"),
        (lambda path: path.write_text('[{"targets": ["a", "b", "c"]}]'), "holds more than 2 targets"),
    ],
)
def test_what_is_not_read(tmp_path, make, message):
    path = tmp_path / "a.json"
    make(path)
    with pytest.raises(ConfigError, match=message):
        read_group_file(str(path), FileLimits(size_bytes=1000, targets=2))


def test_a_secret_that_a_link_leads_to_is_not_told(tmp_path):
    (tmp_path / "shadow").write_text("root:hunter2:19000:0\n")
    link = tmp_path / "link.yml"
    link.symlink_to(tmp_path / "shadow")
    (error,) = read_files([str(link)], LIMITS).errors.values()
    assert "hunter2" not in error


def test_aliases_cannot_make_more_targets_than_allowed(tmp_path):
    path = tmp_path / "a.yml"
    path.write_text("- targets: &t [" + "x, " * 100 + "x]\n" + "- targets: *t\n" * 100)
    with pytest.raises(ConfigError, match="holds more than 5000 targets"):
        read_group_file(str(path), FileLimits(targets=5000))


def test_a_name_that_is_no_utf8_can_still_be_shown(tmp_path):
    path = os.path.join(os.fsencode(tmp_path), b"\xff.json")  # noqa: PTH118 - the name is bytes
    with open(path, "w") as file:  # noqa: PTH123 - as above
        file.write('[{"targets": ["a:1"]}]')
    ((group,), _) = read_group_file(os.fsdecode(path), LIMITS)
    assert group.labels.get("__meta_filepath").endswith("/\ufffd.json")
