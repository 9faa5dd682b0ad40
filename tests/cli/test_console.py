import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table

from stayrank_cli.console import (
    fail,
    plain,
    printable,
    score_line,
    show_json,
    show_table,
    with_progress,
)
from stayrank_common.schemas import ModelInfo


@given(st.text(st.characters(exclude_categories=[])))
def test_what_is_printable_holds_no_control_character_and_no_half_character(text):
    shown = printable(text)

    assert shown.isprintable()
    assert shown.encode().decode() == shown


@given(
    st.lists(
        st.sampled_from(["a", "\\", "[", "]", "/", ":", ":smile:", "[red]", "\n", "\x1b", "\x00"])
    ).map("".join)
)
def test_in_a_table_a_text_reads_as_if_there_were_no_markup(text):
    output = io.StringIO()

    table = Table.grid()
    table.add_row(plain(text))
    Console(file=output, width=1000).print(table)

    assert output.getvalue().rstrip() == printable(text).rstrip()


def test_a_control_character_is_written_as_python_writes_it():
    assert printable("a\nb\x00\x1b[31m\udce9é") == r"a\nb\x00\x1b[31m\udce9é"


def test_an_error_is_one_line_on_stderr_and_ends_the_command(capsys):
    with pytest.raises(SystemExit) as stop:
        fail("first line\n  second\x1b[2J line", code=7)

    captured = capsys.readouterr()
    assert stop.value.code == 7
    assert captured.err == "error: first line second\\x1b[2J line\n"
    assert not captured.out


@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_a_row_stays_one_line_where_the_output_is_no_terminal(capsys, monkeypatch, term):
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("FORCE_COLOR", "1")  # as in many a CI
    table = Table("Photo")
    table.add_row("long/" * 200)

    show_table(table)

    assert "long/" * 200 in capsys.readouterr().out


def test_an_answer_is_printed_as_json_and_nothing_else(capsys):
    info = ModelInfo(name="tiny", version="1", sha256="a" * 64)

    show_json(info)

    assert ModelInfo.model_validate_json(capsys.readouterr().out) == info


@pytest.mark.parametrize("count", [0, 3, 30])
def test_progress_passes_everything_on_and_prints_nothing_among_the_answers(capsys, count):
    assert list(with_progress(range(count), count, "Looking")) == list(range(count))
    assert not capsys.readouterr().out


def test_a_score_shows_its_spread():
    assert score_line(6.789, 1.5) == "6.79 ± 1.50"
