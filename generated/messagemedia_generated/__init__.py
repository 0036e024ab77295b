"""The contract of the Messages API as Python: models, operations and resources, without any input or
output.

Generated from `openapi/`; changes go there or into the templates, never in here. People import the
package `messagemedia`, which supplies what this one leaves open: credentials, HTTP, retries and errors.
"""
