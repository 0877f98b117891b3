"""`careloom openapi`: prints the API's description, without a database."""

import argparse

from careloom.main import create_app
from careloom.platform.runtime import open_runtime
from careloom.platform.wire import json_text


def declare(parser: argparse.ArgumentParser) -> None:
    """`careloom openapi` has no options of its own."""
    parser.set_defaults()


def run(options: argparse.Namespace) -> int:
    """Prints JSON."""
    app = create_app(open_runtime(options.settings, "postgresql://nowhere"))
    print(json_text(app.openapi_schema.to_schema()))
    return 0
