"""A customer's contact from arrival to resolution, in real browsers and real mail."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.held import Held
from tests.journeys.installation import Installation
from tests.journeys.people import People
from tests.journeys.relay import Relay
from tests.journeys.world import World


def _available(desk: Page) -> None:
    desk.get_by_role("button", name="My state").click()
    desk.get_by_role("menuitem", name="Available").click()


def _accept_offer(desk: Page) -> None:
    desk.get_by_role("region", name="Offered contacts").get_by_role("button", name="Accept").first.click()


def test_a_customer_chats_then_mails_and_two_agents_care_on_one_timeline(
    installation: Installation, world: World, people: People, brand_page: str
) -> None:
    first = people.desk(world.agent("Ines Moreau", world.juniper))
    second_email = world.agent("Tariq Holm", world.juniper)
    stranger = people.desk(world.agent("Bo Basalt", world.basalt))
    _available(first)
    _available(stranger)

    visitor = people.visitor(brand_page)
    visitor.get_by_role("button", name="Open chat").click()
    visitor.get_by_label("Write a message…").fill("My parcel never arrived, order 7741.")
    visitor.keyboard.press("Enter")

    _accept_offer(first)
    expect(first.get_by_role("main")).to_contain_text("My parcel never arrived, order 7741.")
    first.get_by_role("textbox", name="Reply").fill("I am sorry! Which address may I write to?")
    first.keyboard.press("Control+Enter")
    expect(visitor.get_by_role("log")).to_contain_text("I am sorry! Which address may I write to?")

    visitor.get_by_role("textbox", name="E-mail").fill("mira@customer.example")
    visitor.get_by_role("button", name="Save").click()
    expect(visitor.get_by_role("dialog")).to_contain_text("Thank you")

    installation.mail("mira@customer.example", world.juniper.address, "Photo of the empty box", "As promised, by mail.")
    _accept_offer(first)
    expect(first.get_by_role("main")).to_contain_text("As promised, by mail.")
    context = first.get_by_role("complementary", name="Customer and brand")
    expect(context).to_contain_text("mira@customer.example")
    expect(context.get_by_text("Contact began")).to_have_count(2)

    second = people.desk(second_email)
    _available(second)
    first.keyboard.press("Escape")
    first.get_by_role("button", name="Transfer", exact=True).click()
    first.get_by_role("dialog").get_by_text("To a person").click()
    first.get_by_role("dialog").get_by_text("Tariq Holm").click()
    first.get_by_label("What should they know?").fill("Empty box, please refund.")
    first.get_by_role("dialog").get_by_role("button", name="Transfer").click()

    _open_or_accept(second)
    expect(second.get_by_role("main")).to_contain_text("Empty box, please refund.")
    second.get_by_role("textbox", name="Reply").fill("The refund is on its way.")
    second.keyboard.press("Control+Enter")
    expect(second.get_by_role("region", name="Messages")).to_contain_text("The refund is on its way.")
    second.get_by_role("button", name="Wrap up").first.click()
    second.get_by_role("group", name="How did it end?").get_by_text("Question answered").click()
    second.get_by_role("button", name="Done, next contact").click()
    expect(second.get_by_text(": Question answered")).to_be_visible()

    conversations = installation.conversations(world.juniper.client)
    assert {one["channel"]: one["status"] for one in conversations}["email"] == "resolved"
    assert len({one["customer_id"] for one in conversations}) == 1

    stranger.goto(f"{installation.url}/desk/all/{conversations[0]['id']}")
    expect(stranger.get_by_role("main")).to_contain_text("There is no such thing, or it is not yours to see.")
    expect(stranger.get_by_role("main")).not_to_contain_text("parcel")
    stranger.goto(f"{installation.url}/search?q=parcel")
    expect(stranger.get_by_text("Nothing for")).to_be_visible()
    expect(stranger.locator("body")).not_to_contain_text("mira@customer.example")


def test_a_reply_is_recalled_after_a_reload_while_the_lead_looks_on(
    installation: Installation, world: World, people: People
) -> None:
    umber = world.brand("Umber", "#5b3a1e")
    installation.change(f"programs/{umber.program}", undo_send_seconds=60)
    desk = people.desk(world.agent("Ivo Lark", umber))
    _available(desk)
    installation.mail("noor@customer.example", umber.address, "A lamp", "Is it dimmable?")
    _accept_offer(desk)
    desk.get_by_role("textbox", name="Reply").click()
    desk.keyboard.type("It is.")
    desk.locator("input[type=file]").set_input_files(
        {"name": "lamp.txt", "mimeType": "text/plain", "buffer": b"dimmable"}
    )
    expect(desk.get_by_text("8 byte")).to_be_visible()
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_text("Sends in")).to_be_visible()

    desk.reload()
    desk.get_by_role("button", name="Undo").click()
    expect(desk.get_by_role("textbox", name="Reply")).to_contain_text("It is.")
    expect(desk.get_by_role("button", name="Remove lamp.txt")).to_be_visible()

    (one,) = installation.conversations(umber.client)
    lead = people.desk(world.agent("Runa Vale", umber, role="team_lead"))
    lead.goto(f"{installation.url}/desk/all/{one['id']}?watch=true")
    expect(lead.get_by_role("region", name="You are watching.")).to_contain_text("Ivo Lark has this contact.")
    expect(lead.get_by_role("textbox", name="Reply")).to_have_count(0)
    panel = lead.get_by_role("complementary", name="Customer and brand")
    expect(panel).to_contain_text("noor@customer.example")
    expect(panel.get_by_role("textbox")).to_have_count(0)
    lead.get_by_role("textbox", name="Write a note").fill("Mention the warranty.")
    lead.keyboard.press("Control+Enter")
    expect(desk.get_by_role("main")).to_contain_text("Mention the warranty.")
    lead.get_by_role("button", name="Join", exact=True).click()
    expect(lead.get_by_role("textbox", name="Reply")).to_be_visible()
    expect(panel.get_by_role("textbox", name="Add tag")).to_be_visible()


def test_a_reply_waits_for_its_file_and_can_be_recalled_until_it_leaves(
    installation: Installation, world: World, people: People
) -> None:
    sable = world.brand("Sable", "#2c3e50")
    installation.change(f"programs/{sable.program}", undo_send_seconds=60)
    desk = people.desk(world.agent("Mira Holt", sable))
    _available(desk)
    installation.mail("tomas@customer.example", sable.address, "A chair", "Does it fold?")
    _accept_offer(desk)
    uploading = Held(desk, "**/api/files")
    desk.get_by_role("textbox", name="Reply").click()
    desk.keyboard.type("It does.")
    desk.locator("input[type=file]").set_input_files(
        {"name": "chair.txt", "mimeType": "text/plain", "buffer": b"folding"}
    )
    expect(desk.get_by_text("uploading")).to_be_visible()
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_text("Sends as soon as the files are there")).to_be_visible()
    uploading.let_go()
    expect(desk.get_by_text("Sends in")).to_be_visible()

    desk.get_by_role("button", name="Wrap up").click()
    expect(desk.get_by_role("group", name="How did it end?")).to_be_visible()
    desk.get_by_role("button", name="Undo").click()
    expect(desk.get_by_role("textbox", name="Reply")).to_contain_text("It does.")
    expect(desk.get_by_role("button", name="Remove chair.txt")).to_be_visible()

    desk.get_by_role("button", name="Send").click()
    expect(desk.get_by_text("Sends in")).to_be_visible()
    desk.get_by_role("link", name="Desk").click()
    expect(desk.get_by_text("leaves in a moment")).to_be_visible()
    desk.get_by_role("button", name="Undo").click()
    expect(desk.get_by_text("is a draft again")).to_be_visible()
    desk.get_by_role("main").get_by_text("A chair").first.click()
    expect(desk.get_by_role("textbox", name="Reply")).to_contain_text("It does.")


def _open_or_accept(desk: Page) -> None:
    """What is handed to a person directly is in their list; what is offered is accepted."""
    row = desk.get_by_role("main").get_by_text("As promised, by mail.").first
    row.wait_for()
    row.click()


def test_a_mail_is_answered_in_its_thread_at_a_real_relay(
    installation: Installation, world: World, people: People, relay: Relay
) -> None:
    cinder = world.brand("Cinder", "#8a4b16")
    desk = people.desk(world.agent("Oda Quill", cinder))
    _available(desk)
    asked = installation.mail("lev@customer.example", cinder.address, "Opening hours?", "When do you open on Sunday?")
    _accept_offer(desk)
    desk.get_by_role("textbox", name="Reply").click()
    desk.keyboard.type("On Sundays we open at ten.")
    desk.keyboard.press("Control+Enter")

    answer = relay.mail_to("lev@customer.example")
    assert answer["In-Reply-To"] == asked
    assert asked in answer["References"]
    assert answer["Subject"] == "Re: Opening hours?"
    body = answer.get_body(("plain",))
    assert body is not None
    assert "On Sundays we open at ten." in body.get_content()

    installation.mail(
        "lev@customer.example",
        str(answer["Reply-To"] or answer["From"]),
        "Re: Opening hours?",
        "Thank you, see you then.",
        In_Reply_To=str(answer["Message-ID"]),
        References=f"{asked} {answer['Message-ID']}",
    )
    expect(desk.get_by_role("main")).to_contain_text("Thank you, see you then.")
    conversations = installation.conversations(cinder.client)
    assert len(conversations) == 1
    assert conversations[0]["last_seq"] >= 3


def test_an_answer_by_text_message_says_what_the_program_that_sends_it_reports(
    installation: Installation, world: World, people: People
) -> None:
    saffron = world.brand("Saffron", "#b3541e")
    message = {"identity_kind": "phone", "identity": "+15550101234", "customer_name": "Paz", "text": "Are you open?"}
    arrived = installation.make(
        "inbound", program_id=saffron.program, channel="sms", external_id="saffron-1", **message
    )
    desk = people.desk(world.agent("Uma Reyes", saffron))
    desk.goto(f"{installation.url}/desk/all/{arrived['conversation_id']}")
    main, said = desk.get_by_role("main"), desk.get_by_role("region", name="Messages")
    for text in ("Until six.", "And tomorrow from nine."):
        desk.get_by_role("textbox", name="Reply").fill(text)
        desk.keyboard.press("Control+Enter")
        expect(said.get_by_text(text)).to_be_visible()
    expect(main.get_by_text("Not confirmed yet")).to_be_visible()

    path = f"conversations/{arrived['conversation_id']}/messages"
    answers = [one["seq"] for one in installation.get(f"{path}?limit=100")["items"] if one["kind"] == "outbound"]
    installation.put(f"{path}/{answers[-1]}/delivery", {"delivery": "delivered"})
    expect(main.get_by_text("Delivered", exact=True)).to_be_visible()
    installation.put(f"{path}/{answers[0]}/delivery", {"delivery": "failed", "reason": "The handset is off."})
    expect(main.get_by_text("The answer was not delivered: The handset is off.")).to_be_visible()
    expect(main.get_by_text("Not delivered", exact=True)).to_be_visible()
    expect(main.get_by_role("button", name="Send again")).to_have_count(0)
