"""Makes `generated/messagemedia_generated` from `openapi/`: see CONTRIBUTING.md for the way through."""
