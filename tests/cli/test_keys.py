import pytest

from stayrank_common.keys import digest, parse_keys


def test_a_new_key_is_told_once_and_its_line_goes_into_the_file(stayrank):
    outcome = stayrank("keys", "new", "shop")

    (caller,) = parse_keys(outcome.out, "keys.txt")
    key = outcome.err.split()[-1]
    assert outcome.code == 0
    assert (caller.name, caller.sha256) == ("shop", digest(key))
    assert key not in outcome.out


@pytest.mark.parametrize(
    ("options", "rate_and_burst"),
    [
        (["--rate", "20"], ["20", "400"]),
        (["--rate", "0.01"], ["0.01", "1"]),
        (["--rate", "20.5", "--burst", "7"], ["20.5", "7"]),
        (["--rate", "100000"], ["100000", "2000000"]),
    ],
)
def test_a_rate_brings_its_burst(stayrank, options, rate_and_burst):
    out = stayrank("keys", "new", "shop", *options).out

    assert out.split()[2:] == rate_and_burst
    assert parse_keys(out, "keys.txt")[0].allowance


@pytest.mark.parametrize(
    "arguments",
    [["two words"], [""], ["a" * 65], ["shop", "--burst", "5"], ["shop", "--rate", "0"]],
)
def test_what_cannot_be_a_line_of_the_file_is_bad_usage(stayrank, arguments):
    assert stayrank("keys", "new", *arguments).code == 2
