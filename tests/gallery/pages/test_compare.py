"""The uploaded order beside this one."""


def test_both_orders_stand_side_by_side_with_what_their_first_five_are_worth(page, shots):
    page.choose(shots(6))
    page.slide("trade_off", 0)
    order = page.order
    page.find("#compare-toggle").click()

    uploaded, ordered = (
        [photo.get_attribute("title") for photo in page.all(f"#compare > div:nth-child({n}) li")]
        for n in (1, 2)
    )
    assert uploaded == [f"{n}.jpg" for n in range(6)]
    assert ordered == order
    before, after = (
        float(page.find(f"#compare > div:nth-child({n}) > p").text.rpartition(" ")[2])
        for n in (1, 2)
    )
    assert after >= before
    assert not page.find("#gallery").is_displayed()

    page.find("#compare-toggle").click()
    assert page.find("#gallery").is_displayed()
    assert not page.find("#compare").is_displayed()


def test_each_photo_says_where_it_came_from(page, shots):
    page.choose(shots(4))
    page.find("#compare-toggle").click()

    for place, item in enumerate(page.all("#compare > div:nth-child(2) li"), start=1):
        came_from = int(item.get_attribute("title")[0]) + 1
        remark = item.find_elements("css selector", ".faint")[0].text
        if came_from == place:
            assert remark == "same place"
        else:
            assert remark == f"{'▲' if came_from > place else '▼'} from {came_from}"
