package io.anyserve.ingress.responses;

import io.anyserve.runtime.fuzz.FixedInputs;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

final class ResponsesFuzzTest {

  @AfterAll
  static void stop() throws Exception {
    ResponsesFuzz.end();
  }

  @Test
  void bytesAreAnsweredInTheFormOfHttp() {
    FixedInputs.feed(ResponsesFuzz::fuzzerTestOneInput, 300, 120);
  }
}
