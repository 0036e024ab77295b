"""Writes the generated package (`python -m codegen generate`), or compares it with the contract (`check`)."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from codegen import driver, joining
from codegen.carried import RefusedError
from codegen.work import FaultError, told

REPORT = "Please report it with the part of the contract that is named there; nothing was written."


def main() -> int:
    """Run one command and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m codegen", description=__doc__)
    parser.add_argument("command", choices=["generate", "check"])
    parser.add_argument("--contract", type=Path, default=driver.CONTRACT)
    parser.add_argument("--output", type=Path, default=driver.OUTPUT)
    arguments = parser.parse_args()
    try:
        contract = joining.read(arguments.contract)
        files = ", ".join(contract.parts)
        if arguments.command == "generate":
            driver.generate(contract, arguments.output)
            sys.stdout.write(f"{arguments.output.name} is made from {files}\n")
            return 0
        diff = driver.differences(contract, arguments.output)
    except RefusedError as refused:
        sys.stderr.write(f"{arguments.contract.name} can't be turned into code:\n{refused}\n")
        return 1
    except Exception as error:  # noqa: BLE001  # told in one line, with what to do about it
        fault = str(error) if isinstance(error, FaultError) else told(error)
        sys.stderr.write(
            f"The generator itself failed; {arguments.contract.name} is not at fault:\n  {fault}\n{REPORT}\n"
        )
        return 2
    if diff:
        sys.stderr.write(f"{diff}\n{arguments.output.name} does not match the contract: run `make generate`\n")
        return 1
    sys.stdout.write(f"{arguments.output.name} matches the contract ({files})\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
