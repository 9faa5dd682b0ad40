import logging
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_common.errors import ConfigurationError
from stayrank_common.keys import KeyRing, digest, new_key, parse_keys


@pytest.fixture
def path(tmp_path):
    return tmp_path / "keys.txt"


def rewrite(path, text: str) -> None:
    """Write a file so that its time differs, however coarse the clock of the file system."""
    before = path.stat().st_mtime_ns
    path.write_text(text)
    os.utime(path, ns=(before + 10**9, before + 10**9))


def test_every_new_key_is_another_of_256_bits():
    keys = {new_key() for _ in range(100)}

    assert len(keys) == 100
    assert all(key.startswith("stayrank_") and len(key) >= 9 + 43 for key in keys)


def test_a_key_is_found_by_its_hash_alone(path):
    shop, press = new_key(), new_key()
    path.write_text(f"# who may call\nshop {digest(shop)} 20 400 # photos\n\npress {digest(press)}")

    ring = KeyRing(path)

    assert ring.find(shop).name == "shop"
    assert ring.find(press).name == "press"
    assert (ring.find(shop).allowance is None, ring.find(press).allowance) == (False, None)
    assert shop not in path.read_text()
    for stranger in ("", new_key(), digest(shop), shop[:-1], shop + " ", "\ud800"):
        assert ring.find(stranger) is None


@given(st.text(max_size=80))
def test_no_text_is_a_key_by_chance(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "one-key.txt"
    path.write_text(f"shop {digest('the only one')}")

    assert (KeyRing(path).find(text) is None) == (text != "the only one")


@pytest.mark.parametrize(
    "line",
    [
        "shop",
        "shop secret",
        f"shop {'A' * 64}",
        f"shop {'a' * 63}",
        f"two words {'a' * 64}",
        f"shop {'a' * 64} 20",
        f"shop {'a' * 64} -1 5",
        f"shop {'a' * 64} 20 400 7",
        f"shöp {'a' * 64}",
        f"shop {'a' * 64}\nshop {'b' * 64}",
        f"shop {'a' * 64}\npress {'a' * 64}",
    ],
)
def test_a_line_that_is_no_key_is_told_with_its_number_and_without_what_it_holds(line):
    with pytest.raises(ConfigurationError, match=r"keys\.txt, line \d") as caught:
        parse_keys(line, "keys.txt")

    assert "secret" not in str(caught.value)
    assert "a" * 63 not in str(caught.value)


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"#" * (2**20 + 1), b"rubbish"])
def test_without_a_usable_file_nothing_starts(path, content):
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ConfigurationError, match=r"keys\.txt"):
        KeyRing(path)


def test_a_changed_file_counts_at_once(path):
    old, new = new_key(), new_key()
    path.write_text(f"shop {digest(old)}")
    ring = KeyRing(path)

    rewrite(path, f"shop {digest(new)}")

    assert ring.find(old) is None
    assert ring.find(new).name == "shop"
    rewrite(path, "")
    assert ring.find(new) is None


def test_a_file_that_was_replaced_as_kubernetes_does_counts_too(path, tmp_path):
    """A Secret is a symbolic link that is made to point elsewhere."""
    key = new_key()
    (tmp_path / "1").write_text("")
    (tmp_path / "2").write_text(f"shop {digest(key)}")
    path.symlink_to("1")
    ring = KeyRing(path)
    assert ring.find(key) is None

    (tmp_path / "next").symlink_to("2")
    (tmp_path / "next").rename(path)

    assert ring.find(key)


@pytest.mark.parametrize("change", ["rubbish", None])
def test_a_file_that_becomes_unusable_changes_nothing_but_the_log(path, caplog, change):
    key = new_key()
    path.write_text(f"shop {digest(key)}")
    ring = KeyRing(path)

    if change is None:
        path.unlink()
    else:
        rewrite(path, change)

    with caplog.at_level(logging.ERROR):
        assert ring.find(key)
        assert ring.find(key)
    assert len(caplog.records) == 1
    assert "stay as they were" in caplog.text


def test_what_was_used_of_an_allowance_stays_used_when_the_file_is_read_again(path):
    key = new_key()
    line = f"shop {digest(key)} 0.001 5"
    path.write_text(line)
    ring = KeyRing(path)
    ring.find(key).allowance.take(5)

    rewrite(path, f"{line}\npress {'a' * 64}")
    assert ring.find(key).allowance.take(1) > 0
    rewrite(path, f"shop {digest(key)} 0.001 6")
    assert ring.find(key).allowance.take(1) == 0
