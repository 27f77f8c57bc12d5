"""Secrets are hidden in what others say, however they wrote them, and wherever it was cut off."""

from __future__ import annotations

import html
import json
from urllib.parse import quote

import pytest

from watchglass.wire.hide import hide, secrets_of_login, secrets_of_url

SECRET = 'p/w "<&> ü 0123456789'


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET).replace("/", "\\/")[1:-1],
        html.escape(SECRET),
        quote(SECRET),
        quote(SECRET, safe=""),
    ],
)
def test_every_form_of_it(written):
    assert hide(f"no {written}, sorry", [SECRET]) == "no <secret>, sorry"


def test_a_long_one_is_known_by_its_beginning():
    assert hide("you said abcdefghijk…, twice: abcdefgh", ["abcdefghijklmnop"]) == "you said <secret>, twice: <secret>"
    assert hide("abcdefg", ["abcdefghijklmnop"]) == "abcdefg"


def test_words_are_left_alone():
    assert hide("an old tale", ["", "old", "a"]) == "an old tale"
    assert hide("an old tale", []) == "an old tale"


def test_what_of_an_address_is_secret():
    url = "https://me:p%40ss@hooks.example/services/T00000001/deadbeef99?sig=0a1b2c3d4e&v=2"

    assert hide(f"no {url}", secrets_of_url(url)) == "no <secret>"
    for said in (
        "bWU6cEBzcw==",
        "/services/T00000001/deadbeef99?sig=0a1b2c3d4e&v=2",
        "p@ss",
        "deadbeef99",
        "0a1b2c3d4e",
        "T00000001",
    ):
        assert hide(f"no {said}", secrets_of_url(url)) == "no <secret>", said
    assert hide("at hooks.example: services are closed", secrets_of_url(url)) == "at hooks.example: services are closed"
    assert list(secrets_of_url("http://[x/s3cret")) == ["http://[x/s3cret"]
    assert list(secrets_of_login("http://[x/s3cret")) == list(secrets_of_login("http://x/")) == []
    assert "t0ken" in secrets_of_login("http://t0ken@x/")
