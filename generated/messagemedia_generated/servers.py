"""Where the API is: its regions and their addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

Region = Literal["apac", "au", "eu", "us"]
"""A region; an account's keys work in one region only."""

SERVERS: Final[Mapping[Region, str]] = {
    "apac": "https://api.messagemedia.com",  # Asia-Pacific. The oldest address, and the default.
    "au": "https://au.app.api.sinch.com",  # Asia-Pacific. The newer address of the same region.
    "eu": "https://eu.app.api.sinch.com",  # Europe.
    "us": "https://us.app.api.sinch.com",  # United States.
}
"""The address of each region; the first one is the default."""
