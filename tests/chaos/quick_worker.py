"""A worker process like `python -m tasks.consumer`, whose articles take a tenth of a second:
`python -m tests.chaos.quick_worker --drivers 4`."""

from __future__ import annotations

import sys

from core.process_parts import once
from core.settings import get_settings
from tasks.consumer import main
from tests.chaos.http_publisher import HttpPublisher

if __name__ == "__main__":
    once("get_publishers", lambda: {"zhihu": HttpPublisher(get_settings().zhihu_write_url)})
    sys.exit(main())
