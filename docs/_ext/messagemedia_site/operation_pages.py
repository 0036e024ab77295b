"""TODO"""


def pages() -> dict[str, str]:
    """The pages."""
    return {}
