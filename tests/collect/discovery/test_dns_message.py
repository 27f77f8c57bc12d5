"""DNS messages: what is asked, and what is believed of an answer."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchglass.collect.discovery.dns_message import DnsMessageError, Record, decode_answer, encode_question

QUESTION = encode_question("app.example", "SRV", 7, edns=False)
NAME = 12  # where the question's name starts


def name(text):
    return b"".join(bytes([len(label)]) + label.encode() for label in text.rstrip(".").split(".") if label) + b"\0"


def pointer(position):
    return struct.pack("!H", 0xC000 | position)


def record(owner, kind, data):
    return owner + struct.pack("!HHIH", kind, 1, 60, len(data)) + data


def response(*records, question=QUESTION, flags=0x8180, count=None):
    header = question[:2] + struct.pack("!5H", flags, 1, len(records) if count is None else count, 0, 0)
    return header + question[12:] + b"".join(records)


def test_a_question():
    assert struct.pack("!6H", 7, 0x0100, 1, 0, 0, 0) + b"\x03app\x07example\x00" + struct.pack("!2H", 33, 1) == QUESTION
    with_edns = encode_question("app.example.", "SRV", 7, edns=True)
    assert with_edns.endswith(b"\0\0\x29\x10\0\0\0\0\0\0\0")


@pytest.mark.parametrize("bad", ["", ".", "a..b", "x" * 64, ".".join(["x" * 60] * 5), "ä.example"])
def test_what_is_no_name(bad):
    with pytest.raises(DnsMessageError):
        encode_question(bad, "A", 1, edns=False)


def test_records_of_every_type():
    owner = pointer(NAME)
    answer = decode_answer(
        response(
            record(owner, 33, struct.pack("!3H", 1, 2, 8080) + name("one.example")),
            record(owner, 5, name("alias.example")),
            record(owner, 15, struct.pack("!H", 10) + b"\x02mx" + pointer(NAME + 4)),
            record(owner, 2, name("ns.example")),
            record(owner, 1, bytes([192, 0, 2, 1])),
            record(owner, 28, bytes.fromhex("20010db8000000000000000000000001")),
            record(owner, 16, b"\x04text"),
        ),
        QUESTION,
    )
    assert (answer.code, answer.is_truncated) == (0, False)
    assert answer.records == (
        Record("SRV", "one.example.", 8080),
        Record("MX", "mx.example."),
        Record("NS", "ns.example."),
        Record("A", "192.0.2.1"),
        Record("AAAA", "2001:db8::1"),
    )


def test_strange_bytes_in_a_name_are_escaped():
    odd = b"\x04a.b\xff\x00"
    (found,) = decode_answer(response(record(pointer(NAME), 2, odd)), QUESTION).records
    assert found.value == "a\\046b\\255."


def test_codes_and_truncation():
    assert decode_answer(response(flags=0x8183), QUESTION).code == 3
    assert decode_answer(response(flags=0x8380), QUESTION).is_truncated


@pytest.mark.parametrize(
    "message",
    [
        b"",
        QUESTION,  # a question
        b"\0\0" + response()[2:],  # another id
        response(question=encode_question("other.example", "SRV", 7, edns=False)),
        response(question=encode_question("app.example", "A", 7, edns=False)),
        response(count=1),
        response(record(pointer(NAME), 1, b"abc")),
        response(record(pointer(NAME), 1, b"abcd"))[:-1],
        response(record(pointer(29), 1, b"abcd")),  # points at itself
        response(record(pointer(60), 1, b"abcd")),  # points forward
        response(record(b"\x80a\0", 1, b"abcd")),
        response(record(pointer(NAME), 2, b"\x3fa")),
    ],
)
def test_what_is_not_believed(message):
    with pytest.raises(DnsMessageError):
        decode_answer(message, QUESTION)


@settings(max_examples=300)
@given(data=st.binary(max_size=120), position=st.integers(0, 60))
def test_no_bytes_break_the_reader(data, position):
    whole = response(record(pointer(NAME), 33, struct.pack("!3H", 1, 2, 3) + name("one.example")))
    for message in (data, response() + data, whole[:position] + data + whole[position + len(data) :]):
        try:
            assert len(decode_answer(message, QUESTION).records) <= 64
        except DnsMessageError:
            continue
