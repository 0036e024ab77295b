"""The map `WebhookHeaders`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

WebhookHeaders: TypeAlias = Mapping[str, str]
"""Headers of a webhook's pushes, such as a token of your own.

`Content-Type` is not allowed, because it follows from the encoding. Keys of at most 200 characters,
values of at most 1000 characters."""
