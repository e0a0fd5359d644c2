package io.anyserve.ingress.http;

import io.anyserve.runtime.fuzz.FixedInputs;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

final class HttpServerFuzzTest {

  @AfterAll
  static void stop() throws Exception {
    HttpServerFuzz.end();
  }

  @Test
  void bytesAreAnsweredInTheFormOfHttp() {
    FixedInputs.feed(HttpServerFuzz::fuzzerTestOneInput, 400, 120);
  }
}
