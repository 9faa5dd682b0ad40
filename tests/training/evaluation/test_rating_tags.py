from stayrank_training.evaluation.rating_tags import ratings_by_tag


def test_each_tag_is_measured_on_its_own_photos(rating_judgements):
    judged = rating_judgements(
        [8, 9, 7, 3, 6], [6, 7, 5, 4, 6], tags=["pool", "pool", "pool", "hall", ""]
    )

    pool, hall, untagged = ratings_by_tag(judged)

    assert (pool.tag, pool.photos, pool.given, pool.predicted, pool.bias) == ("pool", 3, 6, 8, 2)
    assert pool.srcc == 1
    assert (hall.bias, hall.mean_score_error, hall.srcc, hall.srcc_interval) == (-1, 1, None, None)
    assert untagged.tag == "unknown"
