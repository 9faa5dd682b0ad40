from stayrank_gallery.exports.rows import order_of


def test_rows_stand_in_the_order_of_the_ranking(ranking):
    response = ranking(["b", "a", "c"])

    rows = order_of(response).photos

    assert [(row.display_order, row.id) for row in rows] == [(1, "b"), (2, "a"), (3, "c")]
    assert [row.mean for row in rows] == [place.aesthetic.mean for place in response.ranking]
    assert [row.reasons for row in rows] == [place.reasons for place in response.ranking]


def test_a_photo_of_no_known_area_is_miscellaneous_whatever_its_top_tag(ranking, shot):
    (row,) = order_of(ranking([shot("a", tag="bedroom", rejected=True)])).photos

    assert (row.area, row.picture_category_code) == (None, 20)


def test_photos_without_a_place_are_not_exported(ranking, shot):
    order = order_of(ranking([shot("a"), shot("broken", unusable="both")]))

    assert [row.id for row in order.photos] == ["a"]


def test_an_area_counts_only_where_the_coverage_names_the_photo_under_it(ranking, shot):
    answer = ranking([shot("a", tag="bedroom"), shot("b", tag="bathroom", direction=90)])
    crossed = {"bedroom": ["b"], "bathroom": ["b"]}

    rows = order_of(answer.model_copy(update={"coverage": crossed})).photos

    assert {row.id: row.area for row in rows} == {"a": None, "b": "bathroom"}
