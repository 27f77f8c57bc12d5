"""YAML with positions, bounded against hostile files."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchglass.errors import ConfigError
from watchglass.wire.yaml import YamlLimits, load_yaml_file, parse_yaml, unknown_key


def plain(node):
    if node.is_mapping:
        return {key.value: plain(value) for key, value in node.pairs()}
    if node.is_null:
        return None
    return node.value if node.is_scalar else [plain(item) for item in node.items()]


def test_scalars_stay_as_written():
    text = "a: 1.10\nb: 'yes'\nc: yes\nd: ~\ne:\nf: ''\ng: |\n  two\n  lines\nh: 010\n"
    root = parse_yaml(text)
    assert plain(root) == {
        "a": "1.10", "b": "yes", "c": "yes", "d": None, "e": None, "f": "", "g": "two\nlines\n", "h": "010",
    }  # fmt: skip
    assert [value.plain for _, value in root.pairs()] == [True, False, True, True, True, False, False, True]


def test_every_node_knows_its_line_and_place():
    text = "# ä comment\nlist:\n  - a\n  - {b: c}\n"
    ((_, items),) = parse_yaml(text, "file.yml").pairs()
    first, second = items.items()
    assert (items.line, first.line, second.line, first.path) == (3, 3, 4, "file.yml")
    assert text[slice(*first.span)] == "a"
    assert text[slice(*second.span)] == "{b: c}"


def test_aliases_share_and_merges_do_not_override():
    text = "x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}\nz: {<<: [*x, {c: 4, a: 5}]}\n"
    assert plain(parse_yaml(text)) == {
        "x": {"a": "1", "b": "2"}, "y": {"b": "3", "a": "1"}, "z": {"a": "1", "b": "2", "c": "4"},
    }  # fmt: skip


def test_only_the_first_document_is_read():
    assert plain(parse_yaml("a: 1\n---\nb: [\n")) == {"a": "1"}
    assert parse_yaml("").is_null
    assert parse_yaml("# nothing\n").is_null


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", 'f:3: key "a" already set on line 1'),
        ("a: [1\nb: 2", "f:2: is not YAML: "),
        ("a:\n\t- b\n", "f:2: is not YAML: a tab indents this line"),
        ("a: \x01", "f:1: is not YAML: it holds control characters"),
        ("a: *b", "f:1: unknown anchor referenced; text that begins with * stands in quotes"),
        ("a: !b c", "f:1: tag of one's own is not supported; text that begins with ! stands in quotes"),
        ("\n? [a]\n: b", "f:2: expected a key, got a list"),
        ("a: &a\n  - *a", "f:2: anchor 'a' value contains itself"),
        ("a: !!python/object:os.system x", "f:1: tag tag:yaml.org,2002:python/object:os.system is not supported"),
        ("<<: 3", "f:1: <<: expected a list, got text"),
        ('\na: "\\ud800"', "f:2: is not YAML: "),
        ('\na: "\\U00110000"', "f:2: is not YAML: "),
    ],
)
def test_what_is_refused(text, message):
    with pytest.raises(ConfigError) as caught:
        parse_yaml(text, "f")
    assert str(caught.value).startswith(message)


def test_an_alias_bomb_is_refused_before_it_goes_off():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 30)]
    with pytest.raises(ConfigError, match="expands to more than 1000000 values: too many aliases"):
        parse_yaml("\n".join(lines))


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_deep_nesting_is_refused_without_recursion(opening):
    with pytest.raises(ConfigError, match=r"nested deeper than 100 levels|is not YAML"):
        parse_yaml(opening * 200_000)


def test_a_file_is_bounded_and_must_be_utf8(tmp_path):
    path = tmp_path / "a.yml"
    path.write_text("a: " + "x" * 100)
    with pytest.raises(ConfigError, match="is larger than 50 bytes"):
        load_yaml_file(path, YamlLimits(size_bytes=50))
    path.write_bytes(b"a: 1\nb: \xff\n")
    with pytest.raises(ConfigError, match=r"a\.yml:2: is not UTF-8 text"):
        load_yaml_file(path)
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert plain(load_yaml_file(path)) == {"a": "1"}
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load_yaml_file(tmp_path)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("scrape_intervall", 'unknown key "scrape_intervall"; did you mean "scrape_interval"?'),
        ("storage.tsdb", 'unknown key "storage.tsdb"; did you mean "storage"?'),
        ("zzz", 'unknown key "zzz"'),
    ],
)
def test_unknown_keys(name, said):
    assert unknown_key(name, ["scrape_interval", "storage"]) == said


@settings(max_examples=300, deadline=None)
@given(text=st.text(alphabet="ab:-[]{}&*!|>'\"#\n \t,?%@~<", max_size=60))
def test_no_text_breaks_the_reader(text):
    try:
        plain(parse_yaml(text, "f"))
    except ConfigError as error:
        assert error.path == "f"  # noqa: PT017 - most texts are refused, some are not
