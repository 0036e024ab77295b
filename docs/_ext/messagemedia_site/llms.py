"""TODO"""


def setup(app):
    """Nothing yet."""
