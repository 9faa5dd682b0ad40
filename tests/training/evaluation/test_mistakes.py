from stayrank_training.evaluation.mistakes import accuracy_by, mistakes


def test_the_surest_mistake_comes_first_and_nothing_right_is_among_them(tag_judgements):
    judged = tag_judgements([0, 1, 2, 3], [0, 2, 0, 0], [0.9, 0.5, 0.8, 0.6])

    found = mistakes(judged, limit=2)

    assert [(m.file, m.tag, m.predicted) for m in found] == [
        ("2.jpg", "foyer", "bedroom"),
        ("3.jpg", "reception", "bedroom"),
    ]
    assert next(iter(found[0].highest)) == "bedroom"
    assert len(found[0].highest) == 3
    assert found[0].probability_of_tag < found[1].probability_of_tag


def test_groups_are_ordered_by_mistakes_and_hold_every_photo(tag_judgements):
    judged = tag_judgements([0, 1, 2, 3, 0], [0, 2, 0, 3, 0])

    rows = accuracy_by(judged, ["a", "b", "b", "b", ""])

    assert [(row.group, row.photos, row.wrong) for row in rows] == [
        ("b", 3, 2),
        ("a", 1, 0),
        ("unknown", 1, 0),
    ]
    assert rows[1].interval.low < 0.3
