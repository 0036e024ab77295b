"""Where the API is: its regions and their addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

Region = Literal["apac", "au", "eu", "us"]
"""A region; an account's keys work in one region only."""

SERVERS: Final[Mapping[Region, str]] = {
    "apac": "https://api.messagemedia.com",
    "au": "https://au.app.api.sinch.com",
    "eu": "https://eu.app.api.sinch.com",
    "us": "https://us.app.api.sinch.com",
}
"""The address of each region; the first one is the default.

`apac`: Asia-Pacific. The oldest address, and the default. `au`: Asia-Pacific. The newer address of
the same region. `eu`: Europe. `us`: United States."""
