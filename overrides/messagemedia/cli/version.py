"""What `--version` says."""

from __future__ import annotations

from contextlib import suppress

from messagemedia import __version__


def lines(*, verbose: bool) -> list[str]:
    """The version, and if wanted the versions of what it uses, which belong in every bug report."""
    first = f"messagemedia {__version__}"
    return [first, *(f"{name:<10} {value}" for name, value in _below().items())] if verbose else [first]


def summary() -> str:
    """What a report of a failing connection needs of it, in one line."""
    from importlib.metadata import version  # noqa: PLC0415
    from typing import get_args  # noqa: PLC0415

    from messagemedia._http.choice import HttpLibrary  # noqa: PLC0415

    below, library = _below(), get_args(HttpLibrary)[0]  # the one that is used where none is named
    return f"messagemedia {__version__}, Python {below['Python']}, {library} {version(library)}, {below['TLS']}"


def _below() -> dict[str, str]:
    import platform  # noqa: PLC0415  # who only asks for the version need not wait for these
    import ssl  # noqa: PLC0415
    from importlib.resources import files  # noqa: PLC0415

    from messagemedia_generated.contract import VERSION  # noqa: PLC0415

    # The first line of the stamp names the generator, the second and third what else decides over its output.
    stamp = (files("messagemedia_generated") / "STAMP").read_text("utf-8").splitlines()
    return {
        "Python": f"{platform.python_version()} ({platform.python_implementation()}, {platform.system()})",
        "TLS": ssl.OPENSSL_VERSION,
        "packages": ", ".join(_installed()) or "not known, because messagemedia itself is not installed",
        "contract": VERSION,
        "generator": ", ".join(stamp[:3]),
    }


def _installed() -> list[str]:
    """What is installed of all that the package and its extras ask for, the HTTP libraries among it."""
    import re  # noqa: PLC0415
    from importlib.metadata import PackageNotFoundError, requires, version  # noqa: PLC0415

    found: dict[str, str] = {}
    with suppress(PackageNotFoundError):  # of the package itself, in a folder that was never installed
        for each in requires("messagemedia") or ():
            name = re.split(r"[^\w.-]", each, maxsplit=1)[0]
            with suppress(PackageNotFoundError):
                found[name] = version(name)
    return [f"{name} {number}" for name, number in sorted(found.items())]
