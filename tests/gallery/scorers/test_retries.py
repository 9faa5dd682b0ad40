from stayrank_gallery.scorers.retries import RetryBudget


def spent() -> RetryBudget:
    budget = RetryBudget()
    while budget.spend():
        pass
    return budget


def test_a_few_second_tries_are_allowed_at_once():
    budget = RetryBudget()

    assert [budget.spend() for _ in range(12)] == [True] * 10 + [False] * 2


def test_ten_calls_pay_for_one_second_try():
    budget, tries = spent(), []
    for _ in range(30):
        budget.called()
        tries.append(budget.spend())

    assert tries == ([False] * 9 + [True]) * 3


def test_quiet_times_save_up_no_more_than_ten():
    budget = spent()
    for _ in range(10_000):
        budget.called()

    assert sum(budget.spend() for _ in range(100)) == 10
