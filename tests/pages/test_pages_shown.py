"""The pictures of the sandbox that the documentation shows: `REFRESH_PICTURES=1 make pages` takes them anew."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from messagemedia import Client, HmacAuth, Message
from messagemedia.sandbox import Sandbox
from pages_kit import PICTURES, SHOWN, Open

SIZE = {"width": 1000, "height": 640}
CUSTOMER, SHOP = "+61491570156", "+61491570157"


@pytest.fixture
def addresses(sandbox: Sandbox) -> dict[str, str]:
    """A shop that has sent a few messages, and the pages that the documentation shows of them."""
    with ThreadPoolExecutor() as another:  # in this thread runs the event loop of Playwright
        another.submit(send_and_answer, sandbox).result()
    return {
        "sandbox-list": "/",
        "sandbox-conversation": f"/pages/conversation?number={CUSTOMER[1:]}",
        "sandbox-faults": "/pages/faults",
        "sandbox-request": f"/pages/requests/{sandbox.requests[-1].order}",
    }


def send_and_answer(sandbox: Sandbox) -> None:
    with Client(auth=HmacAuth("SANDBOX_KEY", "SANDBOX_SECRET"), base_url=sandbox.url) as client:
        text = "Your parcel arrives today between 2 and 4 pm. Reply YES to leave it at the door."
        first = client.messages.send(
            content=text, destination_number=CUSTOMER, source_number=SHOP, delivery_report=True
        )
        sandbox.advance(63)
        sandbox.reply("YES", message_id=first.message_id)
        sandbox.advance(45)
        for number, said in {
            "+61491570158": "Your order 4712 is ready to be collected.",
            "+99900000305": "Your order 4713 is on its way.",
            "+99900000002": "Our summer sale begins today. Reply STOP to opt out.",
            "+61491570159": "Your code is 482 913. It is valid for ten minutes.",
            CUSTOMER: "Thank you. Your driver is Chloë, and rings once.",
        }.items():
            client.messages.send(Message(content=said, destination_number=number))
            sandbox.advance(2)
        sandbox.advance(3)


@pytest.mark.parametrize("name", ["sandbox-list", "sandbox-conversation", "sandbox-faults", "sandbox-request"])
def test_the_documentation_has_a_picture(opened: Open, addresses: dict[str, str], name: str) -> None:
    refreshed = os.environ.get("REFRESH_PICTURES", "") not in ("", "0")
    folder = SHOWN if refreshed else PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    opened(addresses[name], viewport=SIZE, color_scheme="light").screenshot(path=folder / f"{name}.png")
    assert (folder / f"{name}.png").stat().st_size < 110_000
    assert (SHOWN / f"{name}.png").exists()
