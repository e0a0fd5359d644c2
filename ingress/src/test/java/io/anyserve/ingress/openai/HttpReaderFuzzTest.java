package io.anyserve.ingress.openai;

import io.anyserve.runtime.fuzz.FixedInputs;
import org.junit.jupiter.api.Test;

final class HttpReaderFuzzTest {

  @Test
  void everyBodyIsReadOrRefused() {
    FixedInputs.feed(HttpReaderFuzz::fuzzerTestOneInput, 10_000, 80);
  }
}
