from stayrank_training.evaluation.rated_photos import rated_photos


def test_sheets_show_the_ends_the_middle_and_the_errors(rating_judgements):
    judged = rating_judgements([2, 9, 5, 7, 3], [2, 4, 6, 6, 8])

    found = rated_photos(judged, limit=2)

    def files(sheet):
        return [int(photo.file[0]) for photo in sheet]

    assert files(found.low) == [0, 4]
    assert files(found.high) == [1, 3]
    assert files(rated_photos(judged, 1).medium) == [2]
    assert files(found.closest)[0] == 0
    assert files(found.overrated) == [1, 3]
    assert files(found.underrated) == [4, 2]


def test_who_errs_on_one_side_only_has_no_photos_on_the_other(rating_judgements):
    assert not rated_photos(rating_judgements([2, 3], [2, 9]), 5).overrated
