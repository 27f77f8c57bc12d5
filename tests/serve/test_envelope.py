"""The envelope of JSON answers."""

from watchglass.serve.envelope import success


def test_what_is_no_unicode_does_not_spoil_an_answer():
    answer = success({"file": "\udcff.json", "size": 1}, warnings=["\udcff"])
    assert answer.body == b'{"status":"success","data":{"file":"?.json","size":1},"warnings":["?"]}'
