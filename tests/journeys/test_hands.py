"""The controls of the journeys by hand: what would stop a person at the keyboard stops the test."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.journeys.hands import Keys, Pointer, circuit

pytestmark = pytest.mark.browser

GOOD = """<style>:focus{outline:3px solid blue}</style><a href="#1">First</a>
<label>Name <input></label><fieldset><legend>Colour</legend><label><input type=radio name=c>Red</label>
<label><input type=radio name=c>Blue</label></fieldset><button type=button>Send</button>"""
PLANTED = {
    "caught": ("<input onkeydown=\"if (event.key === 'Tab') event.preventDefault()\">", "is caught"),
    "not shown": ("<input style='outline: none'>", "not shown"),
    "covered": ("<input><div style='position:fixed;inset:0;background:white'></div>", "covers"),
    "not reached": ("<div onclick='1'>Send</div>", "not reached"),
    "not a stop": ("<button tabindex=-1 type=button>Send</button>", "not reached"),
}


def test_a_good_page_is_walked_from_end_to_end(chromium: Browser) -> None:
    with chromium.new_context() as context:
        hand = Keys(context.new_page())
        hand.page.set_content(GOOD)
        assert [stop["tag"] for stop in circuit(hand)] == ["a", "input", "input", "button"]
        hand.write("Name", "Olive")
        hand.choose("Blue", group="Colour")
        hand.tab_to("Send", tags=("button",))
        assert hand.page.evaluate("[...document.querySelectorAll('input')].map((i) => i.checked)") == [
            False,
            False,
            True,
        ]


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_stops_the_keys(fault: str, chromium: Browser) -> None:
    markup, why = PLANTED[fault]
    with chromium.new_context() as context:
        hand = Keys(context.new_page())
        hand.page.set_content(GOOD.replace("<button type=button>Send</button>", markup))
        with pytest.raises(AssertionError, match=why):
            hand.tab_to("Send", tags=("button",))


def test_without_script_a_page_that_needs_it_does_nothing(chromium: Browser) -> None:
    seen = {}
    for script in (True, False):
        with chromium.new_context(java_script_enabled=script) as context:
            hand = Pointer(context.new_page())
            hand.page.set_content(
                "<p>before</p><button onclick=\"document.querySelector('p').textContent='after'\">Go</button>"
            )
            hand.press("Go")
            seen[script] = hand.page.locator("p").inner_text()
    assert seen == {True: "after", False: "before"}
