import sys
from typing import NamedTuple

import pytest

from stayrank_cli.main import main


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def stayrank(capsys, monkeypatch):
    """Run the command in this process."""

    def run(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["stayrank", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            main()
        captured = capsys.readouterr()
        return Outcome(int(stop.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture
def gallery(tmp_path, picture):
    """A folder with four photos, one of them in a subfolder, a broken one and a text."""
    (tmp_path / "more").mkdir()
    for seed, name in enumerate(["a.jpg", "b.PNG", "c.webp", "more/d.jpeg"]):
        picture_format = {"PNG": "PNG", "webp": "WEBP"}.get(name.rpartition(".")[2], "JPEG")
        (tmp_path / name).write_bytes(picture(seed=seed, picture_format=picture_format))
    (tmp_path / "broken.jpg").write_text("this is a text")
    (tmp_path / "notes.txt").write_text("not a photo")
    return tmp_path
