"""The whole life of a message, shown step by step with the local sandbox: no account, no internet, no cost.

Run it with `make demo`, or with `pip install 'messagemedia[sandbox]'` and `python demo.py`.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta

from messagemedia import AsyncClient, BadRequestError, Client, HmacAuth, Message, ValidationError
from messagemedia.sandbox import Sandbox

KEY, SECRET = "SANDBOX_KEY", "SANDBOX_SECRET"
CUSTOMER, SHOP = "+61491570156", "+61491570157"


def step(title: str) -> None:
    """Begin a step."""
    print(f"\n\033[1m{title}\033[0m" if sys.stdout.isatty() else f"\n{title}")


def blocking(sandbox: Sandbox) -> None:
    """Send, follow, receive, confirm and cancel with the blocking client and signed requests."""
    with Client(auth=HmacAuth(KEY, SECRET), base_url=sandbox.url) as client:
        step("1. Send an SMS, signed with HMAC-SHA256")
        sms = client.messages.send(
            content="Your parcel arrives today. Reply YES to leave it at the door.",
            destination_number=CUSTOMER,
            source_number=SHOP,
            delivery_report=True,
            metadata={"order": "4711"},
        )
        print(f"   accepted as {sms.message_id}, status {sms.status}")

        step("2. Send an MMS, as a Message")
        mms = client.messages.send(
            Message(
                content="Your ticket",
                destination_number=CUSTOMER,
                format="MMS",
                subject="Ticket",
                media=["https://example.com/ticket.png"],
            )
        )
        print(f"   accepted as {mms.message_id}, format {mms.format}")

        step("3. Some seconds later: check the status")
        sandbox.advance(seconds=60)
        print(f"   SMS {client.messages.get(sms.message_id).status}, MMS {client.messages.get(mms.message_id).status}")

        step("4. The customer replies; fetch the reply and confirm it")
        sandbox.reply("YES", message_id=sms.message_id)
        replies = client.replies.check()
        for reply in replies:
            print(f"   reply {reply.content!r} to order {(reply.metadata or {}).get('order')}")
        client.replies.confirm(replies)
        print(f"   confirmed, {len(client.replies.check())} left")

        step("5. Fetch the delivery reports and confirm them")
        reports = client.delivery_reports.check()
        for report in reports:
            print(f"   {report.status} (code {report.error_code})")
        client.delivery_reports.confirm(reports)
        print(f"   confirmed, {len(client.delivery_reports.check())} left")

        step("6. Schedule a message for tomorrow, and cancel it")
        later = client.messages.send(
            content="See you tomorrow!", destination_number=CUSTOMER, scheduled=datetime.now(UTC) + timedelta(days=1)
        )
        print(f"   before: {client.messages.get(later.message_id).status}")
        client.messages.cancel(later.message_id)
        print(f"   after:  {client.messages.get(later.message_id).status}")

        step("7. Read the prepaid balance")
        print(f"   {client.messages.credits().remaining_credits} credits left")


async def awaited(sandbox: Sandbox) -> None:
    """Send three messages at once with the async client."""
    async with AsyncClient(KEY, SECRET, base_url=sandbox.url) as client:
        step("8. The same, awaited: three messages at once, with basic authentication")
        sent = await asyncio.gather(
            *(
                client.messages.send(content=f"Hello {name}", destination_number=CUSTOMER)
                for name in ("Ann", "Bo", "Cy")
            )
        )
        print(f"   accepted: {', '.join(each.message_id[:8] + '…' for each in sent)}")


def errors(sandbox: Sandbox) -> None:
    """Show what errors say, of the local checks and of the API."""
    with Client(KEY, SECRET, base_url=sandbox.url) as client:
        step("9. A mistake that is caught before anything is sent")
        try:
            client.messages.send(content="", destination_number="not a number", subject="Only for MMS")
        except ValidationError as error:
            print(f"   {error}".replace("\n", "\n   "))

        step("10. A mistake that the API refuses (the local checks are switched off)")
    with Client(KEY, SECRET, base_url=sandbox.url, check_limits=False) as client:
        try:
            client.messages.send(content="Hello", destination_number="12ab")
        except BadRequestError as error:
            print(f"   {error}".replace("\n", "\n   "))
            print(f"   the field at fault: message {error.errors[0].index}, {error.errors[0].field}")


def main() -> None:
    """Run every step."""
    with Sandbox(api_key=KEY, api_secret=SECRET) as sandbox:
        print(f"The sandbox listens on {sandbox.url}; in a browser, this address shows what happens")
        blocking(sandbox)
        asyncio.run(awaited(sandbox))
        errors(sandbox)
        step("That was all. The sandbox's ledger")
        print(f"   {len(sandbox.ledger)} messages accepted, in {len(sandbox.requests)} requests")
        if sys.stdin.isatty() and sys.stdout.isatty():
            input(f"\nLook at them in a browser, {sandbox.url}, and press Enter to end. ")


if __name__ == "__main__":
    main()
