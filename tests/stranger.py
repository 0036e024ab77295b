"""Proves that a stranger can add an operation, and a whole new file: an edit of openapi/, `make generate`, it is there.

`make check-contract` then runs what such an edit decides. The project is copied, so nothing of it is touched. The copy
uses the environment that is already installed, and its own `generated` and `overrides` come before those of the editable
installation.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# What is installed is not copied but linked. The copy must never install into it: the original's editable installation
# would point to the copy from then on. So all that is copied is made older than the stamps, and make is asked beforehand.
INSTALLED = (".venv", "node_modules")
STAMP = ".venv/.check"
LONG_AGO = 946_684_800  # the first second of 2000
SKIPPED = {*INSTALLED, ".git", "__pycache__", ".mypy_cache", ".ruff_cache", "dist", ".hypothesis"}

TAG = """\
  - name: Sender Addresses
    description: Look up the numbers and names that messages may be sent from.
"""

PATH = """\
  /v1/sender_addresses:
    get:
      operationId: listSenderAddresses
      tags: [Sender Addresses]
      summary: List the sender addresses of the account.
      description: Returns the numbers and names that messages may be sent from.
      parameters:
        - name: country
          in: query
          required: false
          description: Country whose addresses are wanted, as two letters. Left out, all are.
          schema:
            type: string
            minLength: 2
            maxLength: 2
            description: Country whose addresses are wanted, as two letters. Left out, all are.
            examples: [AU]
      responses:
        "400":
          $ref: "#/components/responses/ConfirmationRefused"
        "401":
          $ref: "#/components/responses/Unauthorized"
        "403":
          $ref: "#/components/responses/Forbidden"
        "200":
          description: The sender addresses.
          content:
            application/json:
              schema:
                $ref: "#/components/schemas/SenderAddresses"
              examples:
                one:
                  summary: One address.
                  value:
                    sender_addresses:
                      - address: "+61491570157"
                        isDefault: true
        "404":
          description: There is no such country.
          content:
            application/json:
              schema:
                $ref: "#/components/schemas/ErrorBody"
              examples:
                notFound:
                  summary: The usual text.
                  value:
                    message: Resource not found.

"""

SCHEMA = """\
    SenderAddresses:
      type: object
      description: The sender addresses of an account.
      required: [sender_addresses]
      properties:
        sender_addresses:
          type: array
          description: The addresses.
          items:
            $ref: "#/components/schemas/SenderAddress"
      examples:
        - sender_addresses: []

    SenderAddress:
      type: object
      description: One sender address.
      properties:
        address:
          type: string
          description: The number or name.
          examples: ["+61491570157"]
        isDefault:
          type: boolean
          description: Whether it is used when a message names no sender.
          examples: [true]
      examples:
        - address: "+61491570157"
          isDefault: true

"""

FILE = """\
openapi: 3.1.0
info:
  title: Price lists
  version: 1.0.0
  summary: Look up and order price lists.
  description: A part of the API that a stranger has added.
  license:
    name: Apache License 2.0
    identifier: Apache-2.0

tags:
  - name: Price Lists
    description: Look up and order price lists.

paths:
  /v1/price_lists:
    parameters:
      - $ref: "messages.yaml#/components/parameters/Account"
    post:
      operationId: orderPriceList
      tags: [Price Lists]
      summary: Order a price list.
      description: Has a price list made, which takes a while.
      x-sends-messages: false
      x-repeatable: false
      requestBody:
        required: true
        content:
          application/json:
            schema:
              $ref: "#/components/schemas/PriceListOrder"
            examples:
              one:
                summary: The prices of one country.
                value:
                  country: AU
      responses:
        "202":
          description: Ordered.
        "400":
          $ref: "#/components/responses/OrderRefused"
        "401":
          $ref: "messages.yaml#/components/responses/Unauthorized"
        "403":
          $ref: "messages.yaml#/components/responses/Forbidden"

  /v1/price_lists/{country}:
    get:
      operationId: getPriceList
      tags: [Price Lists]
      summary: Get the price list of a country.
      description: Returns the prices, once they are there.
      parameters:
        - name: country
          in: path
          required: true
          description: The country, as two letters.
          schema:
            $ref: "#/components/schemas/Country"
      responses:
        "200":
          description: The prices.
          content:
            application/json:
              schema:
                $ref: "#/components/schemas/PriceList"
              examples:
                one:
                  summary: One price, and whose it is.
                  value:
                    prices:
                      - format: SMS
                        cents: 7
                    account:
                      account_id: MyAccount
        "400":
          $ref: "#/components/responses/OrderRefused"
        "401":
          $ref: "messages.yaml#/components/responses/Unauthorized"
        "403":
          $ref: "messages.yaml#/components/responses/Forbidden"
        "404":
          $ref: "messages.yaml#/components/responses/NotFound"

components:
  responses:
    OrderRefused:
      description: Refused. There is no such country.
      content:
        application/json:
          schema:
            $ref: "messages.yaml#/components/schemas/ErrorBody"
          examples:
            country:
              summary: The usual text.
              value:
                message: Unknown country.

  schemas:
    Country:
      type: string
      minLength: 2
      maxLength: 2
      description: A country, as two letters.
      examples: [AU]

    PriceListOrder:
      type: object
      description: What to order.
      required: [country]
      additionalProperties: false
      properties:
        country:
          $ref: "#/components/schemas/Country"
      examples:
        - country: AU

    PriceList:
      type: object
      description: The prices of a country.
      required: [prices]
      properties:
        prices:
          type: array
          description: One price for each way to send.
          items:
            $ref: "#/components/schemas/Price"
        account:
          $ref: "messages.yaml#/components/schemas/VendorAccountId"
      examples:
        - prices: []

    Price:
      type: object
      description: One price.
      properties:
        format:
          $ref: "messages.yaml#/components/schemas/MessageFormat"
        cents:
          type: integer
          description: Cents for each part.
          examples: [7]
      examples:
        - format: SMS
          cents: 7
"""

USE = """
import asyncio, httpx
from messagemedia import AsyncClient, Client, PriceListOrder
import messagemedia, messagemedia_generated
seen = []
def answer(request):
    seen.append(f"{request.method} {request.url.raw_path.decode()}")
    if request.method == "POST":
        return httpx.Response(202)
    if "price_lists" in seen[-1]:
        return httpx.Response(200, json={"prices": [{"format": "SMS", "cents": 7}], "account": {"account_id": "A"}})
    return httpx.Response(200, json={"sender_addresses": [{"address": "+61491570157", "isDefault": True}]})
def check(found, prices):
    assert [(each.address, each.is_default) for each in found.sender_addresses] == [("+61491570157", True)], found
    assert ([(each.format, each.cents) for each in prices.prices], prices.account.account_id) == ([("SMS", 7)], "A"), prices
with httpx.Client(transport=httpx.MockTransport(answer)) as http, Client("key", "secret", http_client=http) as client:
    client.api.price_lists.order_price_list(PriceListOrder(country="AU"))
    prices = client.api.price_lists.get_price_list("AU")
    check(client.api.sender_addresses.list_sender_addresses(country="AU"), prices)
async def main():
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        client = AsyncClient("key", "secret", http_client=http)
        await client.api.price_lists.order_price_list(PriceListOrder(country="AU"))
        prices = await client.api.price_lists.get_price_list("AU")
        check(await client.api.sender_addresses.list_sender_addresses(country="AU"), prices)
asyncio.run(main())
once = ["POST /v1/price_lists", "GET /v1/price_lists/AU", "GET /v1/sender_addresses?country=AU"]
assert seen == once * 2, seen
for package in (messagemedia, messagemedia_generated):
    assert package.__file__.startswith(COPY), f"{package.__file__} is not of the copy"
"""


def main() -> int:
    """Copy, edit, generate, check, use; say why if one of them fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--targets", default="check-contract", help="what to make instead, such as 'check-generated test' or 'check'"
    )
    parser.add_argument("--keep", action="store_true", help="leave the copy in place and say where it is")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="stranger-")).resolve()
    try:
        return _prove(folder / ROOT.name, arguments.targets.split())
    except (OSError, ValueError) as error:
        return _fail(str(error))
    finally:
        if arguments.keep:
            _say(f"the copy is in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _prove(copy: Path, targets: list[str]) -> int:
    before = time.monotonic()
    _copy(copy)
    _say(f"copied {ROOT} to {copy}")
    _add_operation(copy / "openapi" / "messages.yaml")
    (copy / "openapi" / "price_lists.yaml").write_text(FILE, encoding="utf-8")
    environment = _environment(copy)
    if (copy / ".venv").is_symlink() and _make(copy, STAMP, environment, "--question"):
        return _fail("what is installed is not up to date: `make check-stranger` in the original sees to that")
    for target in ["generate", *targets]:
        _say(f"make {target}")
        if status := _make(copy, target, environment):
            return _fail(f"`make {target}` ended with {status} after operations were added to the contract alone")
    used = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"COPY = {str(copy)!r}\n{USE}"], cwd=copy, env=environment, check=False
    )
    if used.returncode:
        return _fail("the added operations can't be called on both clients")
    _say(f"the added operations are there on both clients; {time.monotonic() - before:.0f} s")
    return 0


def _make(copy: Path, target: str, environment: dict[str, str], *options: str) -> int:
    make = shutil.which("make")
    if make is None:
        raise OSError("make is not installed")
    command = [make, *options, target, f"PYTHON={sys.executable}"]
    return subprocess.run(command, cwd=copy, env=environment, check=False).returncode


def _copy(copy: Path) -> None:
    """The files of the project, and links to what is installed."""
    for name in _files():
        source = ROOT / name
        if source.is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy / name, follow_symlinks=False)
            os.utime(copy / name, (LONG_AGO, LONG_AGO), follow_symlinks=False)
    for name in INSTALLED:
        if (ROOT / name).is_dir():
            (copy / name).symlink_to((ROOT / name).resolve(), target_is_directory=True)


def _files() -> list[str]:
    """The files that git knows or would take in; without git, all but what is installed or cached."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        listing = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        done = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return [name for name in done.stdout.split("\0") if name]
    return [
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*")
        if not SKIPPED & set(path.relative_to(ROOT).parts) and path.is_file()
    ]


def _add_operation(contract: Path) -> None:
    """Add a tag, a path and two schemas, each as the first of its kind."""
    text = contract.read_text(encoding="utf-8")
    for heading, added in (("\ntags:\n", TAG), ("\npaths:\n", PATH), ("\n  schemas:\n", SCHEMA)):
        if text.count(heading) != 1:
            raise ValueError(
                f"{contract.name} should have one {heading.strip()!r}, at the place where things are added"
            )
        text = text.replace(heading, heading + added)
    contract.write_text(text, encoding="utf-8")


def _environment(copy: Path) -> dict[str, str]:
    """The environment as it is, with the copy's packages before those of the editable installation."""
    # What an outer make says to its own children is not for this one.
    inherited = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    path = [str(copy / "generated"), str(copy / "overrides"), inherited.get("PYTHONPATH", "")]
    return {
        **inherited,
        "PYTHONPATH": os.pathsep.join(filter(None, path)),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYCACHE": str(copy.parent / "pycache"),
    }


def _say(what: str) -> None:
    sys.stdout.write(f"[stranger] {what}\n")
    sys.stdout.flush()


def _fail(reason: str) -> int:
    sys.stdout.flush()
    sys.stderr.write(f"[stranger] failed: {reason}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
