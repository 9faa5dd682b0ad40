import socket

import pytest

from stayrank_common.errors import ConfigurationError
from stayrank_common.ports import check_free


@pytest.fixture
def taken():
    """A port that somebody listens on."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_free_port_is_free_afterwards_too():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    check_free("tagger", "127.0.0.1", port)
    check_free("tagger", "127.0.0.1", port)


def test_a_taken_port_is_named_with_its_service_and_what_to_do(taken):
    with pytest.raises(
        ConfigurationError, match=rf"tagger .* 127\.0\.0\.1:{taken}: .*another --port"
    ):
        check_free("tagger", "127.0.0.1", taken)


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "x" * 300, "ü..de", "ü" * 70])
def test_another_port_would_not_mend_an_address_of_another_machine(host):
    with pytest.raises(ConfigurationError, match="another --host") as caught:
        check_free("tagger", host, 8001)

    assert host in str(caught.value)
