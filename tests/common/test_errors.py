import re

import pytest

from stayrank_common import errors
from stayrank_common.results import AllPhotosFailedError, refuse_if_all_failed
from stayrank_common.schemas import ErrorBody, PhotoFailure


def all_errors(root: type = errors.StayRankError) -> list[type]:
    return [root, *(cls for child in root.__subclasses__() for cls in all_errors(child))]


def test_every_error_has_a_slug_of_its_own_in_kebab_case():
    slugs = [error.slug() for error in all_errors()]

    assert len(slugs) == len(set(slugs))
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) for slug in slugs)


def test_the_tree_in_the_documentation_is_the_tree():
    drawn = re.findall(r"[├└]── (\w+)|^    (StayRankError)", errors.__doc__, re.MULTILINE)
    defined = [
        name
        for name, cls in vars(errors).items()
        if isinstance(cls, type) and issubclass(cls, errors.StayRankError)
    ]

    assert sorted("".join(names) for names in drawn) == sorted(defined)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (errors.OversizedPhotoError("pixels", 60_000_000, 40_000_000), ["60,000,000", "40,000"]),
        (errors.TooManyPhotosError(200), ["200"]),
        (errors.DuplicateIdError("a'b"), ["a'b"]),
        (errors.BodyTooLargeError(268_435_456), ["268,435,456"]),
        (errors.SlowBodyError(120, 10), ["120 s", "10 s"]),
        (errors.RateLimitError(7), ["7 s"]),
        (errors.BusyError(3), ["3 s"]),
        (errors.DeadlineError(2.5), ["2.5 s"]),
        (errors.UpstreamError("tagger", "it fell over"), ["tagger", "it fell over"]),
        (errors.UpstreamBusyError("tagger", 7), ["tagger", "7 s"]),
    ],
)
def test_an_error_says_its_facts(error, said):
    assert all(fact in str(error) for fact in said)


def failure(photo_id: str) -> PhotoFailure:
    error = errors.UndecodablePhotoError("not an image")
    return PhotoFailure(id=photo_id, error=ErrorBody.of(error))


def test_a_photos_error_is_described_by_slug_title_and_words():
    assert failure("a").error.model_dump() == {
        "type": "undecodable-photo",
        "title": "Undecodable photo",
        "detail": "not an image",
    }


def test_nothing_but_failures_is_an_error_that_names_the_first_and_counts_the_rest():
    with pytest.raises(
        AllPhotosFailedError, match=r"a\.jpg: not an image \(and 2 more\)"
    ) as caught:
        refuse_if_all_failed([failure("a.jpg"), failure("b"), failure("c")])

    assert [failed.id for failed in caught.value.failures] == ["a.jpg", "b", "c"]


def test_one_usable_photo_is_enough():
    refuse_if_all_failed([failure("a"), "a result"])
    refuse_if_all_failed([])
