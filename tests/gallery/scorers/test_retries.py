from stayrank_gallery.scorers.retries import RetryBudget


def test_a_few_second_tries_are_allowed_at_once():
    budget = RetryBudget()

    assert [budget.spend() for _ in range(12)] == [True] * 10 + [False] * 2


def test_in_the_long_run_one_call_in_ten_may_be_made_twice():
    budget, tries = RetryBudget(), 0
    for _ in range(1000):
        budget.called()
        tries += budget.spend()

    assert 109 <= tries <= 110  # tenths do not add up exactly


def test_quiet_times_save_up_no_more_than_ten():
    budget = RetryBudget()
    for _ in range(10_000):
        budget.called()

    assert sum(budget.spend() for _ in range(100)) == 10
