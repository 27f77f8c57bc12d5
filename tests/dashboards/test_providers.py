"""Provider files in Grafana's form."""

from pathlib import Path

import pytest

from watchglass.dashboards.providers import Provider, read_providers
from watchglass.errors import ConfigError

SIDEPANEL = """\
# grafana/dashboards/sidepanel.yml
apiVersion: 1
providers:
  - name: 'Sidepanel'
    folder: 'Sidepanel'
    type: file
    options:
      path: /var/lib/grafana/dashboards/sidepanel
"""

EVERY_KEY = """\
apiVersion: 1
providers:
  - name: a
    orgId: 1
    folderUid: f
    folder: $TEAM dashboards$$
    type: file
    disableDeletion: true
    editable: false
    updateIntervalSeconds: 30
    allowUiUpdates: true
    options:
      path: ${WHERE}/a
      foldersFromFilesStructure: false
  - name: b
    folder: General
    foldersFromFilesStructure: yes
    options: {path: b}
"""


@pytest.fixture
def read(tmp_path):
    def read(text, environment=None):
        path = tmp_path / "p.yml"
        path.write_text(text)
        return read_providers(path, [], environment or {"TEAM": "Our", "WHERE": "/srv"})

    return read


def test_the_file_of_the_guide(read):
    assert read(SIDEPANEL) == [Provider("Sidepanel", Path("/var/lib/grafana/dashboards/sidepanel"), "Sidepanel")]


def test_every_key_and_variables(read, tmp_path):
    a = Provider("a", Path("/srv/a"), "Our dashboards$", "f", 30, disable_deletion=True, allow_ui_updates=True)
    with pytest.raises(ConfigError, match="exclude each other"):
        read(EVERY_KEY)
    b = Provider("b", tmp_path / "b", folders_from_structure=True)
    assert read(EVERY_KEY.replace("    folder: General\n", "")) == [a, b]


def test_the_older_form_is_a_list(read):
    assert read("- name: old\n  type: file\n  options: {folder: /x}\n") == [Provider("old", Path("/x"))]


def test_a_folder_of_files_and_plain_folders(tmp_path):
    (tmp_path / "a.yml").write_text(SIDEPANEL)
    (tmp_path / "b.yaml").write_text("apiVersion: 1\nproviders: [{name: b, options: {path: x}}]")
    (tmp_path / "c.json").write_text("{")

    providers = read_providers(tmp_path, [tmp_path / "plain"])

    assert [provider.name for provider in providers] == ["Sidepanel", "b", str(tmp_path / "plain")]
    assert providers[2].folders_from_structure
    assert providers[1].path == tmp_path / "x"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("apiVersion: 2\nproviders: []", r'p\.yml:1: apiVersion: expected 1, not "2"'),
        ("apiVersion: 1\n", "there are no providers"),
        ("apiVersion: 1\nproviders: [{name: a}]", r"options\.path: a provider needs a path"),
        ("providers: [{name: a, type: s3, options: {path: x}}]", 'expected file, not "s3"'),
        ("providers: [{name: a, updateIntervalSeconds: soon, options: {path: x}}]", 'number of seconds, not "soon"'),
        ("providers:\n- {name: a, options: {path: x}}\n- {name: a, options: {path: y}}", r'p\.yml:3: .*called "a"'),
        ("providers: [5]", "expected a mapping"),
        ("providers: {", r"p\.yml:2: is not YAML"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(read, text, said):
    with pytest.raises(ConfigError, match=said):
        read(text)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ConfigError, match="No such file"):
        read_providers(tmp_path / "none.yml", [])
