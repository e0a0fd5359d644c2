package io.anyserve.objects;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;

/** A PUT over HTTP/1.1 with these headers and no others. */
final class RawPut {

  private static final int STATUS_CHARACTERS = 12;

  private RawPut() {}

  /** Sends the content and returns the protocol and the status of the answer. */
  static String status(URI url, String headers, byte[] content) throws IOException {
    String head =
        "PUT %s?%s HTTP/1.1\nHost: %s:%d\n%s\nContent-Length: %d\n\n"
            .formatted(
                url.getRawPath(),
                url.getRawQuery(),
                url.getHost(),
                url.getPort(),
                headers,
                content.length);
    try (var socket = new Socket(url.getHost(), url.getPort())) {
      var out = socket.getOutputStream();
      out.write(head.replace("\n", "\r\n").getBytes(UTF_8));
      out.write(content);
      out.flush();
      return new String(socket.getInputStream().readNBytes(STATUS_CHARACTERS), UTF_8);
    }
  }
}
