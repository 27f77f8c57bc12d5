"""Templates of notifications against Debian's amtool, and what Alertmanager has had since."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import alertmanager_oracle as oracle
import pytest
import yaml

from watchglass.alerting.template_data import template_data
from watchglass.alerting.templates import Templates, single_line
from watchglass.errors import ConfigError, TemplateError, TemplateLimitError
from watchglass.gotemplate.limits import Limits
from watchglass.model.alert import Alert, fingerprint
from watchglass.model.labels import Labels

HERE = Path(__file__).parent
amtool = pytest.mark.skipif(shutil.which("amtool") is None, reason="apt-get install prometheus-alertmanager")
TEMPLATES = Templates()
HURRIED = Templates(Limits(steps=100_000, output_chars=1 << 20))


def read(name):
    """The cases of a file: those that work, and those that fail."""
    cases = yaml.safe_load((HERE / name).read_text())
    assert len(set(cases["works"] + cases["fails"])) == len(cases["works"]) + len(cases["fails"])
    return cases["works"], cases["fails"]


def text_of(text):
    try:
        return TEMPLATES.text(text, oracle.data_of(oracle.DOCUMENT))
    except TemplateError as error:
        return f"error: {error}"


def as_newer(text):
    """Messages that Go has changed since Debian's, and the pointer that amtool does not have."""
    text = re.sub(r"(incompatible types for comparison): [^>]*? and [^>]*(?=>|$)", r"\1", text)
    return text.replace("*template.Data", "template.Data")


@amtool
def test_text_is_amtools(tmp_path):
    works, fails = read("alertmanager.yaml")

    wanted = oracle.all_rendered(works, tmp_path) | {text: oracle.rendered(text, tmp_path) for text in fails}

    assert {text: as_newer(text_of(text)) for text in works + fails} == {
        text: as_newer(want) for text, want in wanted.items()
    }
    assert [text for text in works if wanted[text].startswith("error")] == []
    assert [text for text in fails if not wanted[text].startswith("error")] == []


PRELUDE = (
    "{{ $s := (index .Alerts 0).Annotations.summary }}{{ $u := (index .Alerts 0).Annotations.url }}"
    "{{ $j := .CommonAnnotations.runbook }}{{ $x := (index .Alerts 1).Annotations.description }}{{ $w := `word` }}"
)


def html_of(text):
    try:
        return TEMPLATES.html(PRELUDE + text, oracle.data_of(oracle.DOCUMENT))
    except TemplateError as error:
        return f"error: {error}"


@amtool
def test_html_is_amtools(tmp_path):
    works, fails = read("alertmanager_html.yaml")

    wanted = oracle.all_rendered(works, tmp_path, html=True, prelude=PRELUDE)
    refused = {text: oracle.rendered(PRELUDE + text, tmp_path, html=True) for text in fails}

    assert {text: html_of(text) for text in works} == {text: as_newer_page(want) for text, want in wanted.items()}
    assert {text: fault_of(html_of(text)) for text in fails} == {text: fault_of(want) for text, want in refused.items()}


def as_newer_page(page):
    """The default mail's only change since Debian's."""
    return page.replace('itemtype="http://schema.org', 'itemtype="https://schema.org')


def fault_of(error):
    """The message; contexts have told of braces only since Debian's version."""
    assert error.startswith("error: ")
    return as_newer(re.sub(r"(jsCtx\w+) \[\]", r"\1", error))


NEWER_PAGES = {
    "<p title={{ `` }}>": "<p title=ZgotmplZ>",
    "<script>x = {{ .GroupLabels }}</script>": '<script>x = "alertname=Hot \\u003cdisk\\u003e"</script>',
    "<p style='color: {{ safeHtml `a<b` }}'>": "<p style='color: ZgotmplZ'>",
    "<a href='{{ safeUrl $j }}'>": "<a href='javascript:alert%281%29'>",
    "<a href='/?q={{ safeUrl `a/b c` }}'> <img srcset='{{ safeUrl `a,b` }}'>": "<a href='/?q=a/b%20c'> <img srcset='a%2cb'>",
    "<script>x = `a ${ {{ .GroupLabels.alertname }} } {{ `$x{}` }}`</script>": "<script>x = `a ${ "
    '"Hot \\u003cdisk\\u003e" } \\u0024x\\u007b\\u007d`</script>',
    '<script>x = "<script></script>"</script>': '<script>x = "\\x3Cscript>\\x3C/script>"</script>',
    '<meta http-equiv=refresh content="0;url={{ $j }}">': '<meta http-equiv=refresh content="0;url=#ZgotmplZ">',
    '<meta name=x content="{{ $s }}"><p>{{ $w }}': "<meta name=x content="
    '"It&#39;s &#34;hot&#34; &amp; &lt;b&gt;loud&lt;/b&gt;"><p>word',
    "<script>x = {{ list 1 (dict `a` `</script>`) nil }}</script>": "<script>x = "
    '[1,{"a":"\\u003c/script\\u003e"},null]</script>',
    "<script>x = {{ 1i }}</script>": "<script>x =  /* json: unsupported type: complex128 */null </script>",
}


@pytest.mark.parametrize(("text", "wanted"), NEWER_PAGES.items())
def test_pages_of_newer_versions(text, wanted):
    assert html_of(text) == wanted


HOSTILE_PAGES = {
    "<b a='1'>" * 28_000: "steps",
    "<p title='{{ safeHtml (printf `%0500000d<b>` 1 | reReplaceAll `0` `<a>`) }}'>": "steps",
    "{{ $l := list }}{{ range 20000 }}{{ $l = list $l }}{{ end }}<script>{{ $l }}</script>": "nested too deep",
    "{{ range 100000000 }}<p>{{ . }}{{ end }}": "steps|characters",
    "{{ define `r` }}<p>{{ template `r` . }}{{ end }}{{ template `r` . }}": "nested deeper",
    "<p title={{ range 30 }}" * 40 + "{{ end }}" * 40: "steps|branches end in different contexts|unquoted attr",
    "<a {{ range 2 }}" + "x {{ range 2 }}" * 60 + "x" + "{{ end }}" * 61 + ">": "steps",
    "{{ $x := `<>&` }}{{ range 40 }}{{ $x = print $x $x }}{{ end }}{{ $x }}": "characters of text",
}


@pytest.mark.parametrize(("text", "reason"), HOSTILE_PAGES.items())
def test_hostile_pages_end(text, reason):
    with pytest.raises(TemplateError, match=reason):
        HURRIED.html(text, oracle.data_of(oracle.DOCUMENT))


def test_a_page_is_looked_through_once_for_all_that_are_made_of_it(monkeypatch):
    templates = Templates()
    first = templates.html("<p>{{ .Status }}</p>", oracle.data_of(oracle.DOCUMENT))
    monkeypatch.setattr("watchglass.gotemplate.html.escape.escaped", None)

    assert templates.html("<p>{{ .Status }}</p>", oracle.data_of(oracle.DOCUMENT)) == first == "<p>firing</p>"


def shapes():
    """Data of each status."""
    for alerts in ([oracle.FIRING, oracle.RESOLVED], [oracle.FIRING], [oracle.RESOLVED], []):
        status = "firing" if oracle.FIRING in alerts else "resolved"
        yield oracle.DOCUMENT | {"alerts": alerts, "status": status}


DEFAULT_NAMES = {
    name
    for path in Path(oracle.DEFAULTS).parent.glob("*.tmpl")
    for name in re.findall(r'define "([^"]+)"', path.read_text())
}


@amtool
@pytest.mark.parametrize("document", list(shapes()), ids=["both", "firing", "resolved", "none"])
def test_the_default_templates_say_what_alertmanagers_say(document, tmp_path):
    lists = {"__text_alert_list", "pagerduty.default.instances"}
    mark = "=====8<====="
    names = sorted(DEFAULT_NAMES - {"email.default.html"})
    text = mark.join(f'{{{{ template "{name}" .{"Alerts" * (name in lists)} }}}}' for name in names)

    wanted = oracle.rendered(text, tmp_path, document=document).split(mark)

    assert len(wanted) == len(names) == 40
    assert dict(zip(names, TEMPLATES.text(text, oracle.data_of(document)).split(mark), strict=True)) == dict(
        zip(names, wanted, strict=True)
    )


MARKDOWN = """
# Alerts Firing:

Labels:
  - alertname = A
  - x = 1

Annotations:
  - summary = s

Source: http://prom



"""
NEWER_DEFAULTS = {
    "slack.default.color": "danger",
    "mattermost.default.color": "danger",
    "discord.default.content": "",
    "discord.default.title": "[FIRING:1] A (1)",
    "discord.default.message": "\n\nAlerts Firing:\nLabels:\n - alertname = A\n - x = 1\n"
    "Annotations:\n - summary = s\nSource: http://prom\n\n\n\n",
    "msteams.default.summary": "[FIRING:1] A (1)",
    "msteamsv2.default.title": "[FIRING:1] A (1)",
    "msteamsv2.default.text": "\n" + MARKDOWN + "\n",
    "jira.default.priority": "",
}


def one_alert(**more):
    return Alert(Labels.of(alertname="A", **more), Labels.of(summary="s"), 1_000, 5_000, 1_000, "http://prom")


@pytest.mark.parametrize(("name", "wanted"), NEWER_DEFAULTS.items(), ids=NEWER_DEFAULTS)
def test_default_templates_of_newer_versions(name, wanted):
    data = template_data("r", Labels.of(alertname="A"), [one_alert(x="1")], "http://am", 2_000)

    assert TEMPLATES.text(f'{{{{ template "{name}" . }}}}', data) == wanted


@pytest.mark.parametrize(
    ("severities", "priority"),
    [(["critical", "info"], "High"), (["info", "warning"], "Medium"), (["info"], "Low"), (["none"], ""), ([], "")],
)
def test_priority_is_that_of_the_worst_alert(severities, priority):
    alerts = [one_alert(severity=severity) for severity in severities]
    data = template_data("r", Labels(), alerts, "http://am", 2_000)

    assert TEMPLATES.text('{{ template "jira.default.priority" . }}', data) == priority


NEWER_FUNCTIONS = {
    "{{ trimSpace `  a b\t\n` }}|": "a b|",
    "{{ urlUnescape `a+b%26c` }}": "a b&c",
    "{{ date `2006-01-02` (index .Alerts 0).StartsAt }}": "2024-02-03",
    "{{ ((index .Alerts 0).StartsAt | tz `America/New_York`).Format `15:04 MST -0700` }}": "23:05 EST -0500",
    "{{ (index .Alerts 0).StartsAt | tz `Europe/Berlin` | date `15:04 MST` }}": "05:05 CET",
    "{{ now.Format `2006-01-02 15:04:05` }}": "2023-11-14 22:13:20",
    "{{ since (toDate `2006-01-02` `2023-11-14`) }}": "22h13m20s",
    "{{ since (toDate `2006-01-02` `2023-11-14`) | humanizeDuration }}": "22h 13m 20s",
    "{{ (toDate `2006-01-02` `nonsense`).IsZero }}": "true",
    "{{ (mustToDate `2006-01-02 15:04 -0700` `2024-05-06 07:08 +0200`).UTC }}": "2024-05-06 05:08:00 +0000 UTC",
    "{{ toJson .GroupLabels }}": '{"alertname":"Hot \\u003cdisk\\u003e"}',
    "{{ toJson (list 1 `a` nil true 1.5 1e21 (dict `k` 2)) }}": '[1,"a",null,true,1.5,1e+21,{"k":2}]',
    '{{ toJson `é"\\\n` }}': '"é\\"\\\\\\n"',
    "{{ base64encode `a?b>` }} {{ base64decode `YT9iPg==` }}": "YT9iPg== a?b>",
    "{{ list 1 2 }} {{ append (list 1) 2 `a` }} {{ list }}": "[1 2] [1 2 a] []",
    "{{ $d := dict `a` 1 `b` `x` }}{{ $d.a }}{{ $d.b }}{{ $d.c }} {{ $d }}": "1x<no value> map[a:1 b:x]",
    "{{ .GroupLabels }} {{ .CommonLabels.SortedPairs }}": "alertname=Hot <disk> alertname=Hot <disk>, cluster=eu&1, job=api",
    "{{ .CommonLabels.Names.Join `+` }}": "alertname+cluster+job",
    "{{ .NotificationReason }}{{ .RouteLabels.x }}{{ routeLabels `x` }}.": ".",
    "{{ `a b` | title }} {{ title `it's A.B` }}": "A B It's A.b",
}


@pytest.mark.parametrize(("text", "wanted"), NEWER_FUNCTIONS.items())
def test_functions_of_newer_versions(text, wanted):
    assert text_of(text) == wanted


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{ tz `Nowhere/X` now }}", "unknown time zone Nowhere/X"),
        ("{{ tz `../../etc/passwd` now }}", "unknown time zone ../../etc/passwd"),
        ("{{ mustToDate `2006-01-02` `x` }}", 'parsing time "x" as "2006-01-02": cannot parse "x" as "2006"'),
        ("{{ mustToDate `2006-01-02` `2024-02-31` }}", "day out of range"),
        ("{{ dict `a` }}", "dict requires an even number of arguments"),
        ("{{ dict 1 2 }}", "dict keys must be strings"),
        ("{{ base64decode `!` }}", "illegal base64 data"),
        ("{{ urlUnescape `%zz` }}", 'invalid URL escape "%zz"'),
        ("{{ toJson 1i }}", "json: unsupported type: complex128"),
        ("{{ date `2006` 5 }}", "expected time.Time; found 5|can't handle 5 for arg of type time.Time"),
    ],
)
def test_faults_of_newer_functions(text, reason):
    assert re.search(reason.replace("(", r"\("), text_of(text))


def test_data_are_those_of_the_alerts():
    now, other = one_alert(x="1"), Alert(Labels.of(alertname="A", x="2"), Labels.of(summary="s", y="z"), 0, 1_500, 0)

    data = template_data("team.a", Labels.of(alertname="A"), [now, other], "http://am", 2_000, reason="because")

    assert (data.receiver, data.status, data.notification_reason) == ("team\\.a", "firing", "because")
    assert (data.common_labels, data.common_annotations) == ({"alertname": "A"}, {"summary": "s"})
    assert [alert.status for alert in data.alerts] == ["firing", "resolved"]
    shown = TEMPLATES.text("{{ range .Alerts }}{{ .StartsAt }}/{{ .EndsAt }}/{{ .Fingerprint }};{{ end }}", data)
    assert shown == (
        f"1970-01-01 00:00:01 +0000 UTC/0001-01-01 00:00:00 +0000 UTC/{fingerprint(now.labels):016x};"
        f"1970-01-01 00:00:00 +0000 UTC/1970-01-01 00:00:01.5 +0000 UTC/{fingerprint(other.labels):016x};"
    )


def test_route_labels_are_templates_that_may_use_one_another():
    labels = Labels.of(
        team="{{ .GroupLabels.team }}", full="{{ routeLabels `team` }}-{{ routeLabels `none` }}x", plain="p"
    )
    data = template_data("r", Labels.of(team="ops"), [], "", 0, route_labels=labels, route_labels_rendered=False)

    assert TEMPLATES.route_labels(data) == Labels.of(team="ops", full="ops-x", plain="p")
    assert TEMPLATES.text("{{ routeLabels `full` }} {{ .RouteLabels.plain }}", data) == "ops-x p"


def test_route_labels_in_a_circle_are_a_fault_of_those_only():
    labels = Labels.of(a="{{ routeLabels `b` }}", b="{{ routeLabels `a` }}", c="fine")
    data = template_data("r", Labels(), [], "", 0, route_labels=labels, route_labels_rendered=False)

    assert TEMPLATES.route_labels(data) == Labels.of(c="fine")
    with pytest.raises(TemplateError, match="route label cycle detected: a -> b -> a"):
        TEMPLATES.text("{{ routeLabels `a` }}", data)


def test_rendered_route_labels_are_not_rendered_again():
    data = template_data("r", Labels(), [], "", 0, route_labels=Labels.of(a="{{ .Status }}"))

    assert TEMPLATES.text("{{ routeLabels `a` }}", data) == "{{ .Status }}"


def test_files_of_the_users_are_found_by_patterns_and_replace_the_defaults(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "a.tmpl").write_text('{{ define "slack.default.title" }}mine {{ .Status }}{{ end }}')
    (tmp_path / "b" / "c.tmpl").write_text('{{ define "c" }}{{ template "slack.default.title" . }}!{{ end }}')
    templates = Templates()

    templates.load(["*.tmpl", "b/*.tmpl", str(tmp_path / "none*.tmpl")], tmp_path)

    assert templates.text('{{ template "c" . }}', oracle.data_of(oracle.DOCUMENT)) == "mine firing!"
    assert TEMPLATES.text('{{ template "slack.default.title" . }}', oracle.data_of(oracle.DOCUMENT)) != "mine firing"


def test_a_bad_file_is_named(tmp_path):
    (tmp_path / "bad.tmpl").write_text("\n{{ nope }}")

    with pytest.raises(ConfigError, match=r'bad\.tmpl: template: bad\.tmpl:2: function "nope" not defined'):
        Templates().load(["bad.tmpl"], tmp_path)


def test_a_large_file_is_refused(tmp_path):
    (tmp_path / "large.tmpl").write_text("x" * 20_001)

    with pytest.raises(ConfigError, match="longer than 20000 characters"):
        Templates(Limits(source_chars=20_000)).load(["large.tmpl"], tmp_path)


HOSTILE = {
    "{{ $l := list }}{{ range 20000 }}{{ $l = list $l }}{{ end }}{{ $l }}": "nested too deep",
    "{{ $l := list }}{{ range 5000 }}{{ $l = append $l (printf `%500000d` .) }}{{ end }}": "characters of text",
    "{{ range 2000 }}{{ range 2000 }}{{ end }}{{ end }}": "steps",
    "{{ $l := list 1 }}{{ range 60 }}{{ $l = list $l $l }}{{ end }}{{ toJson $l }}": "steps|characters of text",
    "{{ $x := `0123456789` }}{{ range 40 }}{{ $x = join $x (stringSlice $x $x) }}{{ end }}": "characters of text",
    "{{ define `r` }}{{ template `r` . }}{{ end }}{{ template `r` . }}": "nested deeper",
    "{{ range 1000000 }}{{ printf `%100000s` `x` }}{{ end }}": "characters of text",
}


@pytest.mark.parametrize(("text", "reason"), HOSTILE.items())
def test_hostile_templates_end(text, reason):
    with pytest.raises(TemplateLimitError, match=reason):
        HURRIED.text(text, oracle.data_of(oracle.DOCUMENT))


def test_a_header_value_stays_one_line():
    data = oracle.data_of(oracle.DOCUMENT)
    crlf = TEMPLATES.text("{{ (index .Alerts 1).Annotations.crlf }}", data)

    assert single_line(crlf) == "a Bcc: x@y"
    assert single_line("a\r\n b\x00c\u2028d\x0be ") == "a b c d e"
