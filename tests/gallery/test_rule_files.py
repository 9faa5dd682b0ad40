import re

import pytest
from pydantic import Field

from stayrank_common.errors import ConfigurationError
from stayrank_gallery.rule_files import Rules, read_folder, read_rules


class Inner(Rules):
    least: int = Field(default=1, ge=1)


class Outer(Rules):
    title: str
    inner: Inner = Inner()


def test_what_is_left_out_has_its_default(tmp_path):
    path = tmp_path / "good.toml"
    path.write_text('title = "a"')

    assert read_rules(path, Outer, "pack") == Outer(title="a", inner=Inner(least=1))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('title = "a"\nhue = 1', "pack: there is no key 'hue'; there are: title, inner"),
        ('title = "a"\n[inner]\nlest = 2', "inner: there is no key 'lest'; did you mean 'least'?"),
        ('title = "a"\n[inner]\nleast = 0', "inner.least: Input should be greater than or equal"),
        ('title = "a"\n[inner]\nleast = "many"', "inner.least: Input should be a valid integer"),
        ("title = [", "Invalid value"),
        ("", "title: Field required"),
    ],
)
def test_a_bad_file_is_named_with_the_key_and_what_is_expected(tmp_path, text, complaint):
    path = tmp_path / "bad.toml"
    path.write_text(text)

    with pytest.raises(ConfigurationError, match=re.escape(complaint)) as refusal:
        read_rules(path, Outer, "pack")

    assert str(refusal.value).startswith(f"{path}: ")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match=r"none\.toml: No such file"):
        read_rules(tmp_path / "none.toml", Outer, "pack")


def test_the_rules_of_a_folder_are_called_as_their_files(tmp_path):
    (tmp_path / "b.toml").write_text('title = "B"')
    (tmp_path / "a.toml").write_text('title = "A"')
    (tmp_path / "notes.txt").write_text("no rules")

    assert {name: rules.title for name, rules in read_folder(tmp_path, Outer, "pack").items()} == {
        "a": "A",
        "b": "B",
    }


def test_a_folder_without_rules_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="no pack there"):
        read_folder(tmp_path, Outer, "pack")
