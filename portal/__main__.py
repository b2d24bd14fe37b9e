"""Makes `python -m portal` the same as the `portal` command."""

from .cli import main

main()
