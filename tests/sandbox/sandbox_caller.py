"""A client for the tests of the sandbox: plain httpx, and signing written from the documentation alone."""

import base64
import hashlib
import hmac
from typing import Any

import httpx
from messagemedia.sandbox import Sandbox

KEY, SECRET = "SANDBOX_KEY", "SANDBOX_SECRET"


def sms(**fields: Any) -> dict[str, Any]:
    return {"content": "Hello", "destination_number": "+61491570156", **fields}


class Caller(httpx.Client):
    """Basic authentication, and shortcuts for the operations."""

    def send_messages(self, *messages: dict[str, Any]) -> httpx.Response:
        return self.post("/v1/messages", json={"messages": messages})

    def send_one(self, **fields: Any) -> str:
        answer = self.send_messages(sms(**fields))
        assert answer.status_code == 202, answer.text
        return answer.json()["messages"][0]["message_id"]

    def status(self, message_id: str) -> str:
        return self.get(f"/v1/messages/{message_id}").json()["status"]

    def cancel(self, message_id: str) -> httpx.Response:
        return self.put(f"/v1/messages/{message_id}", json={"status": "cancelled"})

    def replies(self) -> list[dict[str, Any]]:
        return self.get("/v1/replies").json()["replies"]

    def reports(self) -> list[dict[str, Any]]:
        return self.get("/v1/delivery_reports").json()["delivery_reports"]

    def confirm_reports(self, ids: list[str]) -> httpx.Response:
        return self.post("/v1/delivery_reports/confirmed", json={"delivery_report_ids": ids})


def caller_of(sandbox: Sandbox, **headers: str) -> Caller:
    # Without `verify=False` each client would read all certificate authorities, which takes longer than the test.
    return Caller(base_url=sandbox.url, auth=(KEY, SECRET), headers=headers, trust_env=False, verify=False)


def sign(
    method: str,
    target: str,
    *,
    body: bytes = b"",
    date: str = "Thu, 15 Jan 2026 03:04:05 GMT",
    key: str = KEY,
    secret: str = SECRET,
    algorithm: str = "hmac-sha256",
    names: tuple[str, str] = ("Date", "Content-MD5"),
    version: str = "HTTP/1.1",
) -> dict[str, str]:
    date_name, md5_name = names
    headers = {date_name: date}
    if body:
        headers[md5_name] = hashlib.md5(body).hexdigest()
    text = "\n".join([*(f"{name}: {value}" for name, value in headers.items()), f"{method} {target} {version}"])
    digest = {"hmac-sha1": hashlib.sha1, "hmac-sha256": hashlib.sha256}[algorithm]
    signature = base64.b64encode(hmac.new(secret.encode(), text.encode(), digest).digest()).decode()
    return {**headers, "Authorization": hmac_header(key, algorithm, [*headers, "request-line"], signature)}


def hmac_header(key: str, algorithm: str, names: list[str], signature: str) -> str:
    listed = " ".join(names)
    return f'hmac username="{key}", algorithm="{algorithm}", headers="{listed}", signature="{signature}"'
