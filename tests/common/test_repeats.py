from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from stayrank_common.repeats import first_repeated


@given(st.lists(st.text("abc", max_size=2)))
def test_the_first_name_that_came_before_is_returned_and_none_where_all_differ(names):
    repeated = first_repeated(names)

    if repeated is None:
        assert len(set(names)) == len(names)
    else:
        end = min(
            end
            for end in range(len(names) + 1)
            if max(Counter(names[:end]).values(), default=0) > 1
        )
        assert repeated == names[end - 1]


def test_a_long_list_is_passed_once():
    names = iter([*map(str, range(200_000)), "199999", "never reached"])

    assert first_repeated(names) == "199999"
    assert list(names) == ["never reached"]
