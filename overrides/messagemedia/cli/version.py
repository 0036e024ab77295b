"""What `--version` says."""

from __future__ import annotations

from messagemedia import __version__


def lines(*, verbose: bool) -> list[str]:
    """The version, and if that is wanted what it stands on: what belongs in every report of a mistake."""
    first = f"messagemedia {__version__}"
    return [first, *(f"{name:<10} {value}" for name, value in _below().items())] if verbose else [first]


def _below() -> dict[str, str]:
    import platform  # noqa: PLC0415  # who only asks for the version need not wait for these
    import ssl  # noqa: PLC0415
    from importlib.resources import files  # noqa: PLC0415

    from messagemedia_generated.contract import VERSION  # noqa: PLC0415

    # The first line of the stamp names the generator, the second and third what else decides over its output.
    stamp = (files("messagemedia_generated") / "STAMP").read_text("utf-8").splitlines()
    return {
        "Python": f"{platform.python_version()} ({platform.python_implementation()}, {platform.system()})",
        "HTTP": _installed("httpx", "httpx2", "pyreqwest", "aiohttp"),
        "TLS": ssl.OPENSSL_VERSION,
        "terminal": _installed("click", "rich-click", "rich"),
        "contract": VERSION,
        "generator": ", ".join(stamp[:3]),
    }


def _installed(*names: str) -> str:
    return ", ".join(found for name in names if (found := _version(name)))


def _version(name: str) -> str:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return ""
