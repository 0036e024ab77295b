import os
from datetime import datetime

from messagemedia import Client, Message, SendMessagesRequest

client = Client("API_KEY", "API_SECRET", base_url=os.environ["BASE_URI"])

result = client.api.messages.send_messages(
    SendMessagesRequest(
        messages=[
            Message(content="First", destination_number="+61491570156", delivery_report=True, metadata={"order": "1"}),
            Message(
                content="Zweite ü €",
                destination_number="+61491570157",
                scheduled=datetime.fromisoformat("2031-05-06T07:08:09.000Z"),
            ),
        ]
    )
)
message_id = result.messages[0].message_id

status = client.messages.get(message_id)
print(status.status, status.content)

found = client.replies.check()
client.replies.confirm([reply.reply_id for reply in found])
print("confirmed")

reports = client.delivery_reports.check()
client.delivery_reports.confirm([each.delivery_report_id for each in reports])
client.with_options(account="MySubAccount").messages.send(
    content="For another account", destination_number="+61491570156"
)
client.close()
