"""Which callback addresses are refused locally."""

import pytest
from messagemedia import ValidationError
from sdk_face import SMS, Face, Wire, accepted, answer

# The examples of the API's own rule, and their kin (api-facts 2.0).
REFUSED = [
    "https://-invalid.com",
    "https://invalid_.com",
    "https:///path",
    "https://:/path",
    "http://.example.com",
    "http://example..com",
    "ftp://example.com",
    "example.com",
    "//example.com",
    "http://",
    "https://example-.com",
    "https://exa_mple.com",
    "http:example.com",
    "https://example.com:port/",
    "mailto:a@example.com",
    "https://ex%61mple.com",
    "https://[::1",
    "https://a.-b.com",
]
REFUSED += [
    "",
    "https://example.com/a b",
    "https://example.com/\n",
    "https://example.com/a\x00b",
    " https://example.com",
]
REFUSED += ["https://exam ple.com", "https://example.com\n", "https://example.com/a\x7fb", "https://example.com/\u2028"]
ACCEPTED = [
    "https://example.com",
    "http://example.com/",
    "https://example.com/a/b.c?d=e&f=%20#g",
    "https://example.com:8443/hook",
    "http://localhost",
    "http://localhost:8080/x",
    "http://127.0.0.1:5000/hook",
    "https://10.0.0.1",
    "HTTPS://EXAMPLE.COM/Hook",
    "https://user:pass@example.com/hook",
    "https://a-b.example-1.co.uk",
    "https://xn--bcher-kva.example/",
    "https://1.example",
    "https://example.com?x=1",
    "https://example.com/~user/(a);b=c,d",
    "https://a.b.c.d.e.f/",
    "http://host/",
    "http://[::1]:80/x",
]


@pytest.mark.parametrize("url", REFUSED, ids=ascii)
def test_a_callback_address_that_the_api_refuses_is_found_locally(face: Face, url: str) -> None:
    wire = Wire(answer(500))
    with pytest.raises(ValidationError, match="http or https address") as caught:
        face.run(face.client(wire).messages.send(**SMS, callback_url=url))
    assert [(error.index, error.field) for error in caught.value.errors] == [(0, "callback_url")]
    assert not wire.seen


@pytest.mark.parametrize("url", ACCEPTED)
def test_an_ordinary_callback_address_is_sent(face: Face, url: str) -> None:
    wire = Wire(accepted())
    face.run(face.client(wire).messages.send(**SMS, callback_url=url))
    assert wire.only.json["messages"][0]["callback_url"] == url
