import json
import socket
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_common.decoding.wire import (
    FrameError,
    channel_pair,
    receive_header,
    receive_into,
    send,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(header=st.dictionaries(TEXTS, st.integers() | TEXTS, max_size=5), body=st.binary())
def test_a_frame_arrives_as_it_was_sent(header, body):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        send(ours, header, body)
        text, length = receive_header(theirs, max_body=len(body))
        received = bytearray(length)
        receive_into(theirs, memoryview(received))

    assert json.loads(text) == header
    assert received == body


@pytest.mark.parametrize("patience_s", [0, 10])
def test_a_frame_larger_than_what_a_channel_takes_in_arrives_whole(patience_s):
    body = bytes(range(256)) * 2**14
    ours, theirs = channel_pair()
    with ours, theirs:
        sending = threading.Thread(target=send, args=(ours, {}, body, patience_s))
        sending.start()
        _, length = receive_header(theirs, max_body=len(body))
        received = bytearray(length)
        receive_into(theirs, memoryview(received))
        sending.join()

    assert received == body


@pytest.mark.parametrize("bytes_taken", range(0, 30, 3))
def test_what_the_first_attempt_leaves_is_sent_after_it(bytes_taken):
    class Narrow(socket.socket):
        def sendmsg(self, buffers):
            return self.send(b"".join(buffers)[:bytes_taken])

    ours, theirs = channel_pair()
    with Narrow(fileno=ours.detach()) as narrow, theirs:
        send(narrow, {"a": 1}, b"four")
        text, length = receive_header(theirs, max_body=4)
        received = bytearray(length)
        receive_into(theirs, memoryview(received))

    assert (json.loads(text), received) == ({"a": 1}, b"four")


@pytest.mark.parametrize(("header", "body"), [({"a": "x" * 5000}, b""), ({}, b"four")])
def test_what_is_longer_than_agreed_is_refused_before_it_is_read(header, body):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        send(ours, header, body)
        with pytest.raises(FrameError):
            receive_header(theirs, max_body=3)


def test_a_frame_that_ends_too_early_is_no_frame():
    ours, theirs = socket.socketpair()
    with theirs:
        ours.sendall(b"\0\0")
        ours.close()
        with pytest.raises(EOFError):
            receive_header(theirs, max_body=3)


def test_who_sends_a_byte_now_and_then_is_late_all_the_same():
    ours, theirs = socket.socketpair()
    over = threading.Event()

    def drip():
        while not over.wait(0.01):
            ours.sendall(b"\0")

    dripping = threading.Thread(target=drip)
    with ours, theirs:
        dripping.start()
        with pytest.raises(TimeoutError):
            receive_into(theirs, memoryview(bytearray(10_000)), time.monotonic() + 0.1)
        over.set()
        dripping.join()


def test_who_does_not_read_is_not_waited_for():
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(TimeoutError):
        send(ours, {}, bytes(2**24), patience_s=0.05)
