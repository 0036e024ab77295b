"""The map `Metadata`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

Metadata: TypeAlias = Mapping[str, str]
"""Pairs of your own.

They are returned with the message's replies and delivery reports. At most 10 pairs, keys of at most
100 characters, values of at most 256 characters."""
