"""Mail handed to a real socket: TLS both ways, logins, refusals, and servers that misbehave."""

from __future__ import annotations

import hashlib
import socket
import time

import pytest
from notify_support import NOW_MS, alert, notice, send
from sinks import certificate, smtp_sink

from watchglass.alerting.notify.mail import addresses, encode_header
from watchglass.alerting.notify.notifier import NotifyError


@pytest.fixture(scope="module")
def cert(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("cert"))


def entry(sink, *more: str) -> str:
    return (
        "{"
        + ", ".join(
            (
                f"to: 'Ops <ops@example.org>, me@example.org', from: am@example.org, smarthost: 'localhost:{sink.port}'",
                "html: 'h [alertname]'",
                "text: 't [alertname]'",
                "headers: {Subject: 's [alertname]'}",
                *more,
            )
        )
        + "}"
    )


def test_a_mail_goes_over_starttls_with_both_parts(cert):
    with smtp_sink(cert.context()) as sink:
        assert send("email", entry(sink, f"tls_config: {{ca_file: {cert.cert}}}")) is None

    (mail,) = sink.mails
    assert (mail.sender, mail.recipients) == ("am@example.org", ["ops@example.org", "me@example.org"])
    assert mail.is_private
    message = mail.message
    assert (message["Subject"], message["To"], message["From"]) == (
        "s Down",
        "Ops <ops@example.org>, me@example.org",
        "am@example.org",
    )
    assert message.get_content_type() == "multipart/alternative"
    assert [(part.get_content_type(), part.get_content().strip()) for part in message.iter_parts()] == [
        ("text/plain", "t Down"),
        ("text/html", "h Down"),
    ]
    assert sink.commands[0] == "EHLO localhost"
    assert sink.commands[1] == "STARTTLS"


def test_a_mail_goes_over_tls_from_the_start(cert):
    with smtp_sink(cert.context(), implicit=True) as sink:
        how = (f"tls_config: {{ca_file: {cert.cert}}}", "force_implicit_tls: true", "hello: me.example")
        assert send("email", entry(sink, *how)) is None

    assert sink.mails[0].is_private
    assert "STARTTLS" not in sink.commands
    assert sink.commands[0] == "EHLO me.example"


def test_the_name_in_the_servers_certificate_may_be_another(cert):
    with smtp_sink(cert.context(), implicit=True) as sink:
        how = f"tls_config: {{ca_file: {cert.cert}, server_name: %s}}"
        assert send("email", entry(sink, "force_implicit_tls: true", how % "events.pagerduty.com")) is None
        refused = send("email", entry(sink, "force_implicit_tls: true", how % "other.example"))

    assert (refused.retryable, len(sink.mails)) == (True, 1)
    assert "establish TLS connection to server" in str(refused)


def test_a_certificate_that_nobody_signed_is_refused(cert):
    with smtp_sink(cert.context()) as sink:
        error = send("email", entry(sink))

    assert error.retryable
    assert "certificate verify failed" in str(error)
    assert sink.mails == []


def test_without_starttls_nothing_is_sent_unless_allowed(cert):
    with smtp_sink() as sink:
        error = send("email", entry(sink))
        assert f"'require_tls' is true (default) but \"localhost:{sink.port}\" does not advertise the STARTTLS" in str(
            error
        )
        assert error.retryable
        assert send("email", entry(sink, "require_tls: false")) is None

    assert not sink.mails[0].is_private


@pytest.mark.parametrize(
    ("ways", "keys", "user"),
    [
        ("PLAIN LOGIN CRAM-MD5", "auth_password: p w", "PLAIN:u"),
        ("LOGIN PLAIN", "auth_password: p w", "LOGIN:u"),
        ("CRAM-MD5 PLAIN", "auth_secret: p w", "CRAM-MD5:u"),
        ("CRAM-MD5 PLAIN", "auth_password: p w", "PLAIN:u"),
        ("GSSAPI LOGIN", "auth_password: p w", "LOGIN:u"),
        ("", "auth_password: p w", ""),
    ],
)
def test_it_logs_in_the_first_way_that_it_can(cert, ways, keys, user):
    with smtp_sink(cert.context()) as sink:
        sink.ways, sink.users = ways, {"u": "p w"}
        error = send("email", entry(sink, "auth_username: u", keys, f"tls_config: {{ca_file: {cert.cert}}}"))

    assert error is None
    assert sink.mails[0].user == user


def test_a_password_comes_anew_from_its_file(cert, tmp_path):
    password = tmp_path / "password"
    with smtp_sink(cert.context()) as sink:
        sink.ways, sink.users = "LOGIN", {"u": "second"}
        text = entry(
            sink, "auth_username: u", f"auth_password_file: {password}", f"tls_config: {{ca_file: {cert.cert}}}"
        )
        missing = send("email", text)
        password.write_text("first\n")
        refused = send("email", text)
        password.write_text("second\n")
        assert send("email", text) is None

    assert (missing.retryable, str(missing)) == (
        False,
        f"disabled: auth_password_file: cannot read {password}: No such file or directory",
    )
    assert (refused.retryable, refused.reason, str(refused)) == (False, "authError", "log in: 535 who are you")


def test_a_password_is_not_sent_in_the_open():
    """As Go has it: to this machine it may go, to others only by TLS."""
    told = ("auth_username: u", "auth_password: p", "require_tls: false")
    with smtp_sink() as here, smtp_sink(host="127.0.0.2") as there:
        here.ways = there.ways = "PLAIN"
        here.users = {"u": "p"}
        assert send("email", entry(here, *told)) is None
        error = send("email", entry(there, *told).replace("localhost", "127.0.0.2"))

    assert (error.reason, str(error)) == ("authError", "PLAIN auth: unencrypted connection")
    assert [line for line in here.commands if line.startswith("AUTH")] == ["AUTH PLAIN AHUAcA=="]
    assert [line for line in there.commands if line.startswith("AUTH")] == []


@pytest.mark.parametrize(
    ("command", "said", "retryable", "shown"),
    [
        ("greeting", "421 busy", True, "establish connection to server: 421 busy"),
        ("MAIL", "451 later", True, "send MAIL command: 451 later"),
        ("MAIL", "550 never", False, "send MAIL command: 550 never"),
        ("RCPT", "550 no such user", False, "send RCPT command: 550 no such user"),
        ("DATA", "554 no", False, "delivery failure: 554 no"),
        ("end", "452 full", True, "delivery failure: 452 full"),
        ("greeting", None, True, "establish connection to server"),
        ("EHLO", "\x00\x01 garbage \xff", True, "send EHLO command"),
        ("RCPT", "hello?", True, "send RCPT command"),
        ("end", "250-" + "x" * 100_000, True, "delivery failure"),
        ("middle", None, True, "delivery failure"),
        ("end", None, True, "delivery failure"),
        ("AUTH", "535 bad p4ssword cDRzc3dvcmQ=", False, "log in: 535 bad <secret> <secret>"),
    ],
)
def test_refusals_and_broken_servers_are_told(command, said, retryable, shown):
    with smtp_sink() as sink:
        sink.refuse, sink.ways, sink.users = {command: said}, "LOGIN", {"u": "p4ssword"}
        error = send("email", entry(sink, "require_tls: false", "auth_username: u", "auth_password: p4ssword"))

    assert isinstance(error, NotifyError)
    assert (error.retryable, str(error)[: len(shown)]) == (retryable, shown)
    assert len(str(error)) < 700
    assert sink.mails == []


def test_a_server_that_hangs_is_left():
    with socket.create_server(("127.0.0.1", 0)) as listener:  # nobody accepts
        port = listener.getsockname()[1]
        error = send("email", f"{{to: a@b.c, from: b@b.c, smarthost: '127.0.0.1:{port}', html: x}}", timeout_ms=300)

    assert (error.retryable, error.reason) == (True, "contextDeadlineExceeded")


def test_a_server_that_says_no_goodbye_has_the_mail_all_the_same():
    with smtp_sink() as sink:
        sink.refuse = {"QUIT": None}
        assert send("email", entry(sink, "require_tls: false")) is None

    assert len(sink.mails) == 1


def test_nobody_there_is_told():
    error = send("email", "{to: a@example.org, from: b@example.org, smarthost: '127.0.0.1:1', html: x}")

    assert error.retryable
    assert "establish connection to server" in str(error)
    assert "refused" in str(error)


def test_a_label_breaks_out_of_no_header():
    evil = alert("Down\r\nBcc: victim@example.org\r\n\r\nbody", host='a"\n.\r\nQUIT')
    with smtp_sink() as sink:
        text = entry(sink, "require_tls: false").replace("s [alertname]", "s [alertname] [host]")
        assert send("email", text, notice(evil)) is None

    message = sink.mails[0].message
    assert message["Bcc"] is None
    assert sink.mails[0].recipients == ["ops@example.org", "me@example.org"]
    assert b"\nBcc" not in sink.mails[0].raw.partition(b"\r\n\r\n")[0]
    plain = next(message.iter_parts()).get_content()
    assert plain.splitlines()[:2] == ["t Down", "Bcc: victim@example.org"]


@pytest.mark.parametrize("to", ["[host]", "a@example.org\\r\\nRCPT TO:<x@y>", "", "nobody", "a@b>, <c@d", "a@b c@d"])
def test_what_is_no_address_is_not_sent_to(to):
    with smtp_sink() as sink:
        text = (
            f'{{to: "{to or "[none]"}", from: am@example.org, smarthost: "127.0.0.1:{sink.port}", require_tls: false}}'
        )
        error = send("email", text, notice(alert(host="a@b\r\nDATA")))

    assert (error.retryable, str(error)) == (False, "parse 'to' addresses: not a list of mail addresses")
    assert sink.mails == []


def test_exactly_one_sender():
    error = send("email", "{to: a@example.org, from: 'b@c.d, e@f.g', smarthost: '127.0.0.1:1', html: x}")

    assert str(error) == "must be exactly one 'from' address (got: 2)"


def test_mails_of_a_group_make_a_thread():
    with smtp_sink() as sink:
        for threading in (
            "",
            "threading: {enabled: true, thread_by_date: none}",
            "threading: {enabled: true, thread_by_date: daily}",
        ):
            more = (threading,) if threading else ()
            assert send("email", entry(sink, "require_tls: false", *more)) is None

    single, thread, daily = (mail.message for mail in sink.mails)
    day = time.strftime("%Y-%m-%d", time.localtime(NOW_MS / 1000))
    assert single["References"] is None
    group = hashlib.sha256(notice().group_key.encode()).hexdigest()[:16]
    assert thread["References"] == thread["In-Reply-To"] == f"<alert-{group}-@alertmanager>"
    assert daily["References"] == f"<alert-{group}-{day}@alertmanager>"


def test_another_attempt_is_the_same_mail():
    with smtp_sink() as sink:
        for group in ("a", "a", "b"):
            assert send("email", entry(sink, "require_tls: false"), notice(group_key=group)) is None

    first, again, other = (mail.message["Message-Id"] for mail in sink.mails)
    assert first == again != other


def test_long_and_foreign_texts_arrive_as_they_were():
    text = "Ünïcode 😀 = \u85e4 \x85 line\n.\n..dot\n" + "x" * 5000 + " \ttail \nlast"
    with smtp_sink() as sink:
        assert send("email", entry(sink, "require_tls: false"), notice(alert(text))) is None

    message = sink.mails[0].message
    assert [part.get_content().replace("\r\n", "\n").rstrip("\n") for part in message.iter_parts()] == [
        f"t {text}",
        f"h {text}",
    ]
    assert max(map(len, sink.mails[0].raw.split(b"\r\n"))) <= 998
    assert sink.mails[0].raw.isascii()


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        ("plain = ? _ text", "plain = ? _ text"),
        ("", ""),
        ("a\tb", "a\tb"),
        ("é", "=?utf-8?q?=C3=A9?="),
        ("a b\r\nc", "a b c"),
        (" a\tb\n\n é\n", "=?utf-8?q?a=09b_=C3=A9?="),
        ("\x00", ""),
        ("=?é_", "=?utf-8?q?=3D=3F=C3=A9=5F?="),
        ("é" * 12, "=?utf-8?q?" + "=C3=A9" * 10 + "?=\r\n =?utf-8?q?" + "=C3=A9" * 2 + "?="),
        ("w " * 600, ("w " * 495).rstrip() + "\r\n " + "w " * 105),
    ],
)
def test_headers_are_encoded_as_go_does(value, encoded):
    assert encode_header(value) == encoded


def test_addresses_of_all_forms():
    assert addresses('"A, B" <a@b.c>, d.e+f@g-h.i,<j@k>', "to") == ["a@b.c", "d.e+f@g-h.i", "j@k"]
