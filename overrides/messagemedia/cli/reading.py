"""How arguments and options are read that click knows nothing about."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

import click

if TYPE_CHECKING:
    _OfMoments = click.ParamType[datetime]
    _OfPairs = click.ParamType[tuple[str, str]]
    _OfTexts = click.ParamType[str]
else:  # older ones have no parameters
    _OfMoments = _OfPairs = _OfTexts = click.ParamType


class Moment(_OfMoments):
    """A time with its offset from UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read it.

        Raises:
            BadParameter: It is none, or has no offset.
        """
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a time such as 2027-01-01T09:00+11:00.", param, ctx)
        if moment.utcoffset() is None:
            here = moment.astimezone()
            meant = f"{here:%Y-%m-%dT%H:%M}{here.isoformat()[-6:]}"
            self.fail(
                f"{value!r} has no UTC offset. If it is in the time zone of this machine, write {meant}", param, ctx
            )
        return moment


class Text(_OfTexts):
    """A text that is sent or compared; no name of a file, which the system takes as it was typed."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read it.

        Raises:
            BadParameter: It is not UTF-8.
        """
        try:
            return typed(str(value))
        except UnicodeDecodeError:
            self.fail("The text is not UTF-8.", param, ctx)


class Pair(_OfPairs):
    """A name and a value, with `=` between them."""

    name = "pair"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Read it.

        Raises:
            BadParameter: There is no name.
        """
        if isinstance(value, tuple):  # read before
            return cast("tuple[str, str]", value)
        name, sign, rest = Text().convert(value, param, ctx).partition("=")
        if not (sign and name):
            self.fail(f"{value!r} is not written as NAME=VALUE.", param, ctx)
        return name, rest


def text_of(argument: str) -> str:
    """A text as it was typed, or for `-` the content of standard input, without the line break at its end.

    Raises:
        UsageError: There is nothing in it, or it is not UTF-8.
    """
    text = argument
    if argument == "-":
        try:
            text = sys.stdin.buffer.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise click.UsageError("Standard input is not UTF-8.") from None
        text = text.removesuffix("\n").removesuffix("\r")
    if not text.strip():
        raise click.UsageError("The text is empty.")
    try:
        return typed(text)
    except UnicodeDecodeError:
        raise click.UsageError("The text is not UTF-8.") from None


def typed(text: str) -> str:
    """A text as it was typed: in a locale that can't express it, it arrives as bytes that stand for themselves.

    Raises:
        UnicodeDecodeError: It is not UTF-8.
    """
    return os.fsencode(text).decode() if any("\udc80" <= each <= "\udcff" for each in text) else text
