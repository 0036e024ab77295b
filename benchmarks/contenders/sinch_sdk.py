"""Sinch's SDK for its own SMS API. A batch is one text to many numbers."""

from sinch import SinchClient

FROM = "61491570150"
TEXT = "Your parcel arrives today."


class Blocking:
    """The blocking client."""

    def __init__(self, url: str, variant: str) -> None:
        del variant
        self._client = SinchClient(service_plan_id="plan", sms_api_token="token", sms_region="us")  # noqa: S106
        self._client.configuration.sms_origin_with_service_plan_id = url
        self._client.configuration.sms_origin = url

    def send(self) -> str:
        """Send one message and return its id."""
        return self._client.sms.batches.send_sms(to=["61491570156"], from_=FROM, body=TEXT).id

    def batch(self, size: int) -> int:
        """Send messages in one request and return how many came back."""
        numbers = [f"6149157{each:04}" for each in range(size)]
        return len(self._client.sms.batches.send_sms(to=numbers, from_=FROM, body=TEXT).to)

    def status(self) -> str:
        """Return a batch's text, which is what it has to tell."""
        return self._client.sms.batches.get("01FC66621XXXXX119Z8PMV1QPQ").body

    def reports(self) -> int:
        """Fetch a page of delivery reports and return how many there are."""
        return len(self._client.sms.delivery_reports.list(page_size=100).content())
