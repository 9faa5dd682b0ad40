from stayrank_common.tags import TAGS
from stayrank_gallery.exports.categories import categories


def test_every_area_has_a_category_of_the_code_list():
    listed = categories()

    assert set(listed.areas) == set(TAGS)
    assert {category.code for category in listed.areas.values()} <= set(range(1, 24))


def test_one_code_has_one_name():
    pairs = {(c.code, c.name) for c in [*categories().areas.values(), categories().other]}

    assert len({code for code, _ in pairs}) == len(pairs)


def test_unknown_areas_and_none_are_miscellaneous():
    assert categories().of(None) == categories().of("sauna") == categories().other
    assert categories().of("swimming_pool").code == 3
