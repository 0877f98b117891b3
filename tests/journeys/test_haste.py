"""Who is faster than the server: what was pressed and typed before an answer came counts once it is there."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.held import Held
from tests.journeys.installation import Installation, wait_until
from tests.journeys.people import People
from tests.journeys.world import World

_PRESS_N_AS_SOON_AS_PAINTED = """new MutationObserver((_, watch) => {
  if (!document.querySelector('[aria-label="Messages"]')) return;
  watch.disconnect();
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'n', bubbles: true, cancelable: true }));
}).observe(document, { childList: true, subtree: true })"""


_BUSY_WHILE_DRAWING = """(() => {
  const due = new Map(), later = setTimeout, never = clearTimeout, append = Node.prototype.appendChild;
  window.setTimeout = (run, wait, ...more) => {
    const id = later((...given) => { due.delete(id); run(...given); }, wait, ...more);
    if (wait === 1) due.set(id, run);
    return id;
  };
  window.clearTimeout = (id) => { due.delete(id); never(id); };
  Node.prototype.appendChild = function (child) {
    for (const [id, run] of due) { window.clearTimeout(id); run(); }
    return append.call(this, child);
  };
})()"""
"""What was to happen in a millisecond happens before what is being drawn is shown."""


# Before the page is painted again, and for as long as that may still move the focus.
_AT_ONCE = """async (keys) => {
    for (const key of keys) {
        document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    }
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
}"""


def test_a_number_pressed_before_the_outcomes_are_there_chooses_one(
    installation: Installation, world: World, people: People
) -> None:
    tansy = world.brand("Tansy", "#9a7b00")
    installation.make("dispositions", client_id=tansy.client, name="Passed on", resolved=True)
    installation.mail("Ivo Reis <ivo@customer.example>", tansy.address, "The clock is slow", "By an hour.")
    conversation = installation.conversations(tansy.client)[0]["id"]
    page = people.desk(world.agent("Hana Haste", tansy))
    outcomes = Held(page, "**/api/dispositions?*")
    page.goto(f"{installation.url}/desk/all/{conversation}")
    expect(page.get_by_role("textbox", name="Reply")).to_be_visible()
    page.keyboard.press("e")
    expect(page.get_by_text("The outcomes are loading.")).to_be_visible()
    page.keyboard.press("2")
    expect(page.get_by_text("The outcomes are loading; 2 is chosen as soon as they are here.")).to_be_visible()
    outcomes.let_go()
    expect(page.get_by_role("radio").nth(1)).to_be_checked()
    expect(page.get_by_role("radio").nth(0)).not_to_be_checked()
    page.keyboard.press("1")
    expect(page.get_by_role("radio").nth(0)).to_be_checked()


def test_what_is_typed_at_once_on_another_machine_takes_the_place_of_no_draft(
    installation: Installation, world: World, people: People
) -> None:
    url, agent = _contact(installation, world, "Sorrel", "Dora Draft")
    first, second, draft = _two_machines(people, agent, url, "Dear Rui, a long and careful answer.")
    reply = second.get_by_role("textbox", name="Reply")
    reply.press_sequentially("Hi")
    expect(reply).to_have_text("Hi")
    second.wait_for_timeout(2000)  # longer than a draft waits to be saved
    draft.let_go()
    expect(reply).to_contain_text("Dear Rui, a long and careful answer.")
    expect(second.get_by_text("Your stored draft was put before what you typed.")).to_be_visible()
    second.keyboard.type(" there")
    expect(reply).to_contain_text("Hi there")
    expect(second.get_by_text("Draft saved")).to_be_visible()
    first.reload()
    both = first.get_by_role("textbox", name="Reply")
    expect(both).to_contain_text("Dear Rui, a long and careful answer.")
    expect(both).to_contain_text("Hi there")


def test_replies_sent_before_the_draft_was_read_follow_one_another_and_do_not_take_it_along(
    installation: Installation, world: World, people: People
) -> None:
    url, agent = _contact(installation, world, "Yarrow", "Quinn Quick")
    _, second, draft = _two_machines(people, agent, url, "Dear Lia, a long and careful answer.")
    reply = second.get_by_role("textbox", name="Reply")
    reply.press_sequentially("Thank you.")
    second.keyboard.press("Control+Enter")
    expect(reply).to_have_text("")
    reply.press_sequentially("Until tomorrow.")  # the first one waits for the draft
    second.keyboard.press("Control+Enter")
    expect(reply).to_have_text("")
    expect(second.get_by_text("Sending", exact=True)).to_be_visible()
    draft.let_go()
    expect(reply).to_have_text("Dear Lia, a long and careful answer.")
    wait_until(lambda: _answers(installation, url) == ["Thank you.", "Until tomorrow."])
    second.reload()
    expect(second.get_by_role("textbox", name="Reply")).to_have_text("Dear Lia, a long and careful answer.")


def test_a_reply_that_fails_after_coming_back_stands_before_what_was_typed_since(
    installation: Installation, world: World, people: People
) -> None:
    url, agent = _contact(installation, world, "Savory", "Lou Leaver")
    page = people.desk(agent)
    page.goto(url)
    sending = Held(page, "**/replies")
    reply = page.get_by_role("textbox", name="Reply")
    reply.press_sequentially("Use some oil.")
    with page.expect_request("**/replies"):
        page.keyboard.press("Control+Enter")
    expect(reply).to_have_text("")
    reply.press_sequentially("Or wax.")
    page.keyboard.press("Control+Enter")
    _leave_and_come_back(page)
    expect(reply).to_have_text("")
    reply.press_sequentially("Good luck!")
    sending.refuse()
    expect(page.get_by_text("Not sent. Your text is back in the field.")).to_be_visible()
    expect(reply).to_have_text("Use some oil.Or wax.Good luck!")
    expect(reply).to_be_focused()
    expect(page.get_by_text("Draft saved")).to_be_visible()
    page.reload()
    expect(reply).to_have_text("Use some oil.Or wax.Good luck!")
    assert _answers(installation, url) == []


def test_replies_that_a_closed_page_had_not_sent_are_sent_by_the_next_and_are_no_draft(
    installation: Installation, world: World, people: People
) -> None:
    url, agent = _contact(installation, world, "Hyssop", "Cleo Closer")
    page = people.desk(agent)
    page.goto(url)
    Held(page, "**/replies")
    reply = page.get_by_role("textbox", name="Reply")
    reply.press_sequentially("Clean the blades.")
    page.keyboard.press("Control+Enter")
    expect(reply).to_have_text("")
    with page.expect_response("**/draft"):
        reply.press_sequentially("Then start it anew.")
    page.keyboard.press("Control+Enter")
    expect(reply).to_have_text("")
    page.unroute("**/replies")
    page.reload()
    wait_until(lambda: _answers(installation, url) == ["Clean the blades.", "Then start it anew."])
    expect(reply).to_have_text("")
    page.reload()
    expect(reply).to_have_text("")


def test_a_note_that_fails_comes_back_under_the_cursor_also_after_leaving(
    installation: Installation, world: World, people: People
) -> None:
    url, agent = _contact(installation, world, "Arnica", "Nora Noter")
    page = people.desk(agent)
    page.goto(url)
    adding = Held(page, "**/notes")
    note = page.get_by_role("textbox", name="Write a note")
    expect(page.get_by_role("textbox", name="Reply")).to_be_visible()
    page.keyboard.press("n")
    page.keyboard.type("Ask the maker.")
    page.keyboard.press("Control+Enter")
    _leave_and_come_back(page)
    expect(page.get_by_role("textbox", name="Reply")).to_be_visible()
    page.keyboard.press("n")
    page.keyboard.type("Twice")
    adding.refuse()
    expect(note).to_have_value("Ask the maker.\n\nTwice")
    expect(note).to_be_focused()
    page.keyboard.type("!")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("region", name="Messages")).to_contain_text("Twice!")


def test_the_key_of_a_note_counts_as_soon_as_the_contact_is_painted(
    installation: Installation, world: World, people: People
) -> None:
    url, agent = _contact(installation, world, "Borage", "Nils Note")
    page = people.desk(agent)
    page.add_init_script(_PRESS_N_AS_SOON_AS_PAINTED)
    page.goto(url)
    expect(page.get_by_role("textbox", name="Write a note")).to_be_focused()
    page.keyboard.type("Jot: a tall pot.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("region", name="Messages")).to_contain_text("Jot: a tall pot.")


def test_what_is_typed_while_the_editor_of_mails_still_loads_stands_in_it(
    installation: Installation, world: World, people: People
) -> None:
    url, agent = _contact(installation, world, "Chervil", "Rosa Rapid")
    page = people.desk(agent)
    editor = Held(page, "**/assets/RichEditor*.js")
    page.goto(url)
    expect(page.get_by_role("region", name="Messages")).to_contain_text("Since noon.")
    page.keyboard.press("r")
    reply = page.get_by_role("textbox", name="Reply")
    expect(reply).to_be_focused()
    page.keyboard.type("Dear Jon, a new bell ")
    editor.let_go()
    expect(page.get_by_role("toolbar", name="Format")).to_be_visible()
    expect(reply).to_be_focused()
    page.keyboard.type("is on its way. ")
    expect(reply).to_have_text("Dear Jon, a new bell is on its way.")
    page.keyboard.press("Escape")
    page.evaluate(_AT_ONCE, ["r", "/"])
    expect(page.get_by_role("combobox", name="Macros")).to_be_focused()


def test_a_mail_is_answered_on_a_machine_that_takes_long_to_draw_the_editor(
    installation: Installation, world: World, people: People
) -> None:
    url, agent = _contact(installation, world, "Fennel", "Lena Late")
    page = people.desk(agent)
    page.add_init_script(_BUSY_WHILE_DRAWING)
    page.goto(url)
    expect(page.get_by_role("toolbar", name="Format")).to_be_visible()
    page.keyboard.press("r")
    expect(page.get_by_role("textbox", name="Reply")).to_be_focused()
    page.keyboard.type("Turn it off and on.")
    page.keyboard.press("Control+Enter")
    wait_until(lambda: _answers(installation, url) == ["Turn it off and on."])


def test_what_is_typed_right_after_the_key_of_the_palette_stands_in_it(people: People) -> None:
    page = people.desk("admin@example.org")
    page.keyboard.press("Control+k")
    page.keyboard.type("Set-up: New client")
    expect(page.get_by_role("dialog").get_by_role("combobox")).to_have_value("Set-up: New client")


def test_a_double_click_makes_one_thing_and_confirms_nothing(
    installation: Installation, world: World, people: People
) -> None:
    lovage = world.brand("Lovage", "#5f7a1f")
    page = people.desk(world.agent("Dov Double", lovage, role="admin"))
    page.goto(f"{installation.url}/setup/exports/new")
    begun = Held(page, "**/api/exports")
    page.get_by_role("button", name="Start the export").dblclick()
    begun.let_go()
    remove = page.get_by_role("button", name="Remove", exact=True)
    expect(remove).to_be_visible()
    assert len(installation.get("exports", client_id=lovage.client)["items"]) == 1

    removals: list[str] = []
    page.on("request", lambda one: removals.append(one.url) if one.method == "DELETE" else None)
    remove.dblclick()
    expect(page.get_by_role("button", name="Remove it for good")).to_be_visible()
    assert removals == []


def _contact(installation: Installation, world: World, brand: str, agent: str) -> tuple[str, str]:
    """A new brand's only conversation, a mail: its address on the desk, and the login of an agent for it."""
    made = world.brand(brand, "#27496d")
    installation.mail("Jon Vik <jon@customer.example>", made.address, "The bell is mute", "Since noon.")
    conversation = installation.conversations(made.client)[0]["id"]
    return f"{installation.url}/desk/all/{conversation}", world.agent(agent, made)


def _two_machines(people: People, agent: str, url: str, draft: str) -> tuple[Page, Page, Held]:
    """A contact on two machines of an agent: on the first a draft is saved, on the second its arrival is held back."""
    first = people.desk(agent)
    first.goto(url)
    first.get_by_role("textbox", name="Reply").press_sequentially(draft)
    expect(first.get_by_text("Draft saved")).to_be_visible()
    second = people.desk(agent)
    held = Held(second, "**/draft")
    second.goto(url)
    return first, second, held


def _leave_and_come_back(page: Page) -> None:
    """Leaves a conversation for the list, within the same page."""
    page.get_by_role("navigation", name="Places").get_by_role("link", name="Desk").click()
    expect(page.get_by_role("region", name="Messages")).to_be_hidden()
    page.go_back()


def _answers(installation: Installation, url: str) -> list[str]:
    conversation = url.rpartition("/")[2]
    said = installation.get(f"conversations/{conversation}/messages")["items"]
    return [one["text"] for one in said if one["kind"] == "outbound"]
