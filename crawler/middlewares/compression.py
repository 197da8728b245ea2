"""Content-Encoding removed from an answer by the archive's own decoder, so that the wire and a capture read the same."""

from __future__ import annotations

from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import ResponseDataLossError
from scrapy.utils._compression import _DecompressionMaxSizeExceeded

from archive.captures.encoding import TooLarge, Truncated, decode_body


class CaptureCompressionMiddleware(HttpCompressionMiddleware):
    """Scrapy's middleware with two differences: a body that is not what its header says is taken as it is (servers
    declare gzip and send plain text), and one that is cut off is an error to retry, never a page.
    """

    def _handle_encoding(
        self, body: bytes, content_encoding: list[bytes], max_size: int
    ) -> tuple[bytes, list[bytes]]:
        try:
            return decode_body(body, content_encoding, max_size, whole=True), []
        except TooLarge as error:
            raise _DecompressionMaxSizeExceeded(max_size, max_size) from error
        except Truncated as error:
            raise ResponseDataLossError(str(error)) from error
