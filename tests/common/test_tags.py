from stayrank_common.tags import TAGS, words
from stayrank_common.taxonomy import default_taxonomy


def test_the_tags_are_those_of_the_default_taxonomy():
    assert default_taxonomy().labels == TAGS
    assert len(TAGS) == 8


def test_tags_warnings_and_reasons_are_written_as_words():
    assert words("swimming_pool") == "swimming pool"
    assert words("over_limit") == "over limit"
