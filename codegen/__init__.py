"""Makes `generated/messagemedia_generated` from `openapi/messages.yaml`: see CONTRIBUTING.md for the way through."""
