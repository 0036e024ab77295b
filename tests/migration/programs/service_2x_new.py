import asyncio
import os

from messagemedia import AsyncClient, MessageMediaError


class App:
    def __init__(self):
        self.routes = {}

    def post(self, path):
        return lambda function: self.routes.setdefault(path, function)


class Model:
    def create(self, prompt):
        return f"You said: {prompt}. " + "More than one part. " * 12


app = App()


def get_client():
    # A real service reads the key pair from the environment: AsyncClient().
    return AsyncClient("API_KEY", "API_SECRET", base_url=os.environ["BASE_URI"])


async def send_sms(client, to, text):
    parts = [text[i : i + 160] for i in range(0, len(text), 160)]
    for part in parts:
        try:
            await client.messages.send(content=part, destination_number=to)
        except MessageMediaError as error:
            print(f"failed, or unknown: {error}")


@app.post("/hooks")
async def hook(push):
    answer = Model().create(push["content"])
    async with get_client() as client:
        await send_sms(client, push["source_number"], answer)
        await client.messages.send(content="Bye", destination_number=push["source_number"])
    return {"ok": True}


asyncio.run(app.routes["/hooks"]({"source_number": "+61491570156", "content": "Hello"}))
