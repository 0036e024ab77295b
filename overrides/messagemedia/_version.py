"""The version, said once: hatchling reads it for the package, the client for its User-Agent."""

__version__ = "0.1.0"
